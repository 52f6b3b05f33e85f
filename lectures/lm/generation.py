"""Sampling text from a model: which of the likely tokens comes next."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from lectures.lm.functional import softmax
from lectures.lm.model import TransformerLM

__all__ = ["generate", "next_token_probabilities"]

TokenIds = Int[Tensor, "... time"]
Logits = Float[Tensor, "... vocab"]


@torch.no_grad()  # type: ignore[untyped-decorator]
def generate(
    model: TransformerLM,
    prompt: TokenIds,
    max_new_tokens: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    stop_token: int | None = None,
    use_cache: bool = True,
    generator: torch.Generator | None = None,
) -> TokenIds:
    """The prompt, (time,) or (batch, time), and up to `max_new_tokens` more, drawn one after the other.

    `temperature` 0 takes the likeliest token each time. After `stop_token` a row is filled with it; generation ends when all
    rows are. What lies further back than the model's context is forgotten. `use_cache=False` reads everything anew for each
    token, and gives the same tokens.
    """
    if prompt.shape[-1] == 0:
        raise ValueError("A prompt of at least one token is needed: give the token that begins a text.")
    was_training = model.training
    model.eval()
    tokens = prompt[None] if prompt.ndim == 1 else prompt
    caches = model.new_caches() if use_cache and tokens.shape[-1] <= model.context_length else None
    ended = torch.zeros(len(tokens), dtype=torch.bool, device=tokens.device)
    for _ in range(max_new_tokens):
        if caches and tokens.shape[-1] > model.context_length:
            caches = None  # every token now stands at another position than its keys were made for
        new = tokens[:, caches[0].length :] if caches else tokens[:, -model.context_length :]
        logits = model(new, caches)[:, -1]
        probabilities = next_token_probabilities(logits, temperature, top_k, top_p)
        chosen = torch.multinomial(probabilities, 1, generator=generator).squeeze(-1)
        if stop_token is not None:
            chosen = torch.where(ended, stop_token, chosen)
            ended |= chosen == stop_token
        tokens = torch.cat((tokens, chosen[:, None]), dim=-1)
        if stop_token is not None and ended.all():
            break
    model.train(was_training)
    return tokens[0] if prompt.ndim == 1 else tokens


def next_token_probabilities(
    logits: Logits, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Logits:
    """From logits (…, vocab) to the probabilities that a token is drawn by, of the same shape.

    `temperature` divides the logits; 0 leaves the likeliest alone. `top_k` keeps the k likeliest. `top_p` keeps the fewest that
    have at least this much probability between them (Holtzman et al., 2019, arXiv 1904.09751). Ties are broken by id.
    """
    if temperature < 0:
        raise ValueError(f"temperature must not be negative, as {temperature} is.")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, not {top_k}.")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must be above 0 and at most 1, not {top_p}.")
    logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
    if temperature == 0:
        return torch.zeros_like(logits).scatter(-1, logits.argmax(dim=-1, keepdim=True), 1.0)
    ordered, ids = torch.sort(logits / temperature, dim=-1, descending=True, stable=True)
    if top_k is not None:
        ordered[..., top_k:] = -math.inf
    shares = softmax(ordered, dim=-1)
    if top_p is not None:
        before = shares.cumsum(dim=-1) - shares  # of those likelier
        shares = shares.masked_fill(before >= top_p, 0.0)
        shares = shares / shares.sum(dim=-1, keepdim=True)
    return torch.zeros_like(shares).scatter(-1, ids, shares)
