"""One visible step, and behind it an eager training loop in a library."""

import torch

from benchmarks.tracer.library.training import train

torch.set_num_threads(1)
train(steps=3)  # what torch does once and for all is no part of the loop


def main() -> None:
    train(steps=100)
