"""The same as `tensor_4096.py` without the look."""

import torch

torch.set_num_threads(1)
x = torch.rand(4096, 4096)


def main() -> None:
    seen = x
    del seen
