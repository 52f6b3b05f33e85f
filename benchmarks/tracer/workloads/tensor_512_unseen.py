"""The same as `tensor_512.py` without the look."""

import torch

torch.set_num_threads(1)
x = torch.rand(512, 512)


def main() -> None:
    seen = x
    del seen
