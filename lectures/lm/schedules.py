"""Learning rates over the course of training, by the number of the iteration."""

from __future__ import annotations

import math

__all__ = ["cosine_schedule", "warmup_stable_decay_schedule"]


def cosine_schedule(it: int, max_lr: float, min_lr: float, warmup_iters: int, cosine_cycle_iters: int) -> float:
    """Up in a line until `warmup_iters`, down in half a cosine until `cosine_cycle_iters`, then `min_lr`.

    (Loshchilov and Hutter, 2016, arXiv 1608.03983; with the warmup of Touvron et al., 2023, arXiv 2302.13971.)
    """
    if it < warmup_iters:
        return max_lr * it / warmup_iters
    if it >= cosine_cycle_iters:
        return min_lr
    progress = (it - warmup_iters) / (cosine_cycle_iters - warmup_iters)
    return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


def warmup_stable_decay_schedule(
    it: int, max_lr: float, min_lr: float, warmup_iters: int, total_iters: int, decay_iters: int
) -> float:
    """Up in a line, then level, then down over the last `decay_iters` of `total_iters` as 1 − √progress.

    A run can be prolonged from its level part, whose length need not be known before (Hu et al., 2024, arXiv 2404.06395; the
    form of the descent: Hägele et al., 2024, arXiv 2405.18392).
    """
    if it < warmup_iters:
        return max_lr * it / warmup_iters
    into_decay = it - (total_iters - decay_iters)
    if into_decay <= 0:
        return max_lr
    if it >= total_iters:
        return min_lr
    return min_lr + (max_lr - min_lr) * (1 - math.sqrt(into_decay / decay_iters))
