"""Cross-entropy in Triton that never writes a softmax: of each row it keeps two numbers, or leaves the gradient in its place."""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from lectures.lm.kernels.launch import checked_device, processors

__all__ = ["cross_entropy"]

BLOCK = 16_384
"""Columns that are looked at together."""


def cross_entropy(logits: Tensor, targets: Tensor, *, overwrite_logits: bool = False) -> Tensor:
    """The mean of −log p(target), in nats: `logits` (…, vocab), `targets` (…) → a scalar in float32.

    With `overwrite_logits` the gradient of the logits is written over them while they are at hand: they are read twice and
    written once in all, and no second tensor of their size ever exists. Afterwards they are no logits any more, so only whoever
    made them for this, as a training step does, may ask for it. Targets are not checked: one outside the vocabulary is an error
    of the caller.
    """
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"Logits of shape {tuple(logits.shape)} want targets of shape {tuple(logits.shape[:-1])}, "
            f"not {tuple(targets.shape)}."
        )
    if overwrite_logits and as_rows(logits).data_ptr() != logits.data_ptr():
        raise ValueError("Logits that do not lie row by row cannot be overwritten: leave overwrite_logits out.")
    result: Tensor = CrossEntropy.apply(logits, targets, overwrite_logits)
    return result


class CrossEntropy(torch.autograd.Function):  # type: ignore[misc]
    """The gradient of the logits of a row is (softmax − one-hot of the target) / rows."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, targets: Tensor, overwrite: bool) -> Tensor:
        checked_device(logits, targets)
        flat, ids = as_rows(logits), targets.reshape(-1).contiguous()
        rows, vocab = flat.shape
        losses = torch.empty(rows, device=flat.device, dtype=torch.float32)
        kept = torch.empty(2, rows, device=flat.device, dtype=torch.float32)  # largest logit, and Σ e^(logit − largest)
        wanted = overwrite and logits.requires_grad
        loss_kernel[(min(rows, 2 * processors(flat.device)),)](
            flat, ids, losses, kept, rows, vocab, flat.stride(0), OVERWRITE=wanted, BLOCK=width(vocab), num_warps=32
        )
        ctx.overwritten, ctx.shape = wanted, logits.shape
        ctx.save_for_backward(flat, ids, kept)
        return losses.mean()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        logits, targets, kept = ctx.saved_tensors
        rows, vocab = logits.shape
        options = {"BLOCK": width(vocab), "num_warps": 16}
        if ctx.overwritten:
            scale_kernel[(rows,)](logits, grad, vocab, logits.stride(0), **options)
            return logits.reshape(ctx.shape), None, None
        gradient = torch.empty(rows, vocab, device=logits.device, dtype=logits.dtype)
        gradient_kernel[(rows,)](logits, targets, kept, grad, gradient, rows, vocab, logits.stride(0), **options)
        return gradient.reshape(ctx.shape), None, None


def as_rows(logits: Tensor) -> Tensor:
    """(rows, vocab), the numbers of a row side by side: a view where that can be, else a copy."""
    flat = logits.reshape(-1, logits.shape[-1])
    return flat if flat.stride(-1) == 1 and flat.stride(0) >= flat.shape[-1] else flat.contiguous()


def width(vocab: int) -> int:
    return min(BLOCK, int(triton.next_power_of_2(vocab)))


@triton.jit
def loss_kernel(
    logit_ptr, target_ptr, loss_ptr, kept_ptr, rows, vocab, step, OVERWRITE: tl.constexpr, BLOCK: tl.constexpr
):  # fmt: skip
    """Every so-many-th row: its log-sum-exp by one pass with a running maximum, and its loss.

    If the gradient may stand where the logits are, it is written at once, while the row is still in the cache: that is why
    there are two programs a multiprocessor and no more.
    """
    logits = logit_ptr + tl.program_id(0).to(tl.int64) * step
    for row in range(tl.program_id(0), rows, tl.num_programs(0)):
        target = tl.load(target_ptr + row)
        chosen = tl.load(logits + target).to(tl.float32)
        largest = -float("inf")
        total = 0.0
        for start in range(0, vocab, BLOCK):
            column = start + tl.arange(0, BLOCK)
            x = tl.load(logits + column, mask=column < vocab, other=-float("inf"), eviction_policy="evict_last")
            x = x.to(tl.float32)
            grown = tl.maximum(largest, tl.max(x, 0))
            safe = tl.where(grown == -float("inf"), 0.0, grown)  # nothing but −∞ so far
            total = total * tl.exp(largest - safe) + tl.sum(tl.exp(x - safe), 0)
            largest = grown
        tl.store(loss_ptr + row, tl.log(total) + (largest - chosen))
        tl.store(kept_ptr + row, largest)
        tl.store(kept_ptr + rows + row, total)
        if OVERWRITE:
            for start in range(0, vocab, BLOCK):
                column = start + tl.arange(0, BLOCK)
                x = tl.load(logits + column, mask=column < vocab, other=-float("inf"), eviction_policy="evict_first")
                share = tl.exp(x.to(tl.float32) - largest) / total - tl.where(column == target, 1.0, 0.0)
                tl.store(logits + column, share / rows, mask=column < vocab, eviction_policy="evict_first")
        logits += tl.num_programs(0).to(tl.int64) * step


@triton.jit
def scale_kernel(gradient_ptr, grad_ptr, vocab, step, BLOCK: tl.constexpr):
    """Multiply a row by what comes from above, which is 1 where the loss is what is differentiated: then nothing is read."""
    factor = tl.load(grad_ptr)
    if factor != 1.0:
        gradient = gradient_ptr + tl.program_id(0).to(tl.int64) * step
        for start in range(0, vocab, BLOCK):
            column = start + tl.arange(0, BLOCK)
            x = tl.load(gradient + column, mask=column < vocab)
            tl.store(gradient + column, x * factor, mask=column < vocab)


@triton.jit
def gradient_kernel(
    logit_ptr, target_ptr, kept_ptr, grad_ptr, gradient_ptr, rows, vocab, step, BLOCK: tl.constexpr
):  # fmt: skip
    """One row of the gradient, from the logits and what was kept."""
    row = tl.program_id(0)
    logits, gradient = logit_ptr + row.to(tl.int64) * step, gradient_ptr + row.to(tl.int64) * vocab
    target = tl.load(target_ptr + row)
    largest = tl.load(kept_ptr + row)
    total = tl.load(kept_ptr + rows + row)
    factor = tl.load(grad_ptr) / rows
    for start in range(0, vocab, BLOCK):
        column = start + tl.arange(0, BLOCK)
        x = tl.load(logits + column, mask=column < vocab, other=-float("inf")).to(tl.float32)
        share = tl.exp(x - largest) / total - tl.where(column == target, 1.0, 0.0)
        tl.store(gradient + column, share * factor, mask=column < vocab)
