"""A lecture that looks at one tensor of 512 × 512 floats."""

import torch

torch.set_num_threads(1)
x = torch.rand(512, 512)


def main() -> None:
    seen = x  # @inspect seen
    del seen
