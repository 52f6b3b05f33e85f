"""A lecture that looks at one tensor of 4096 × 4096 floats."""

import torch

torch.set_num_threads(1)
x = torch.rand(4096, 4096)


def main() -> None:
    seen = x  # @inspect seen
    del seen
