"""What a training run is told: a YAML file, checked whole before anything starts."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from lectures.lm.model import FFN, Norm, Order, Positions

__all__ = ["ConfigProblem", "TrainingConfig", "load_config"]


class ConfigProblem(ValueError):
    """Says in a sentence what is wrong with a configuration, and where."""


class Section(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mapping whose keys are known."""


class DataSection(Section):
    """`text` is split into training and validation; the tokenizer is trained on the first part, and kept with the tokens."""

    text: str
    vocab_size: int = 512
    validation: float = 0.1
    special_tokens: list[str] = msgspec.field(default_factory=lambda: ["<|endoftext|>"])


class ModelSection(Section):
    """As `TransformerLM` has it; the size of the vocabulary comes with the data."""

    context_length: int
    d_model: int
    num_layers: int
    num_heads: int
    d_ff: int
    rope_theta: float = 10_000.0
    num_kv_heads: int | None = None
    norm: Norm = "rms"
    order: Order = "pre"
    ffn: FFN = "swiglu"
    positions: Positions = "rope"
    bias: bool = False
    tie_embeddings: bool = False
    kernels: str | list[str] = msgspec.field(default_factory=list)


class OptimizerSection(Section):
    name: Literal["adamw", "sgd", "adagrad"] = "adamw"
    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.95)
    eps: float = 1e-8
    momentum: float = 0.0
    weight_decay: float = 0.1
    max_l2_norm: float = 1.0


class ScheduleSection(Section):
    """`decay_iters` is for warmup_stable_decay alone."""

    name: Literal["cosine", "warmup_stable_decay", "constant"] = "cosine"
    min_lr: float = 0.0
    warmup_iters: int = 0
    decay_iters: int = 0


class TrainingConfig(Section):
    data: DataSection
    model: ModelSection
    out: str
    optimizer: OptimizerSection = msgspec.field(default_factory=OptimizerSection)
    schedule: ScheduleSection = msgspec.field(default_factory=ScheduleSection)
    steps: int = 1_000
    batch_size: int = 32
    seed: int = 0
    device: str = "auto"
    precision: Literal["float32", "bfloat16"] = "float32"
    compile: bool = False
    evaluate_every: int = 100
    evaluation_batches: int = 8
    checkpoint_every: int = 100
    sample_tokens: int = 100


def load_config(path: Path | str) -> TrainingConfig:
    """The configuration in a YAML file. Raises ConfigProblem, which names the key and what to write instead."""
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigProblem(f"{path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigProblem(f"{path} is not YAML: {' '.join(str(error).split())}.") from None
    return checked(content, str(path))


def checked(content: Any, name: str) -> TrainingConfig:
    try:
        config = msgspec.convert(content, TrainingConfig, strict=False)  # YAML reads 3e-4 as a string
    except msgspec.ValidationError as error:
        raise ConfigProblem(f"{name}: {explained(str(error))}") from None
    for key, value in {
        "steps": config.steps,
        "batch_size": config.batch_size,
        "evaluate_every": config.evaluate_every,
        "checkpoint_every": config.checkpoint_every,
        "model.d_model": config.model.d_model,
        "model.num_layers": config.model.num_layers,
        "model.num_heads": config.model.num_heads,
        "model.context_length": config.model.context_length,
        "data.vocab_size": config.data.vocab_size,
    }.items():
        if value < 1:
            raise ConfigProblem(f"{name}: `{key}` must be at least 1, not {value}.")
    if not 0 < config.data.validation < 1:
        raise ConfigProblem(
            f"{name}: `data.validation` is the share held out, between 0 and 1, not {config.data.validation}."
        )
    if config.schedule.warmup_iters + config.schedule.decay_iters > config.steps:
        raise ConfigProblem(
            f"{name}: `schedule` warms up and decays for longer than the {config.steps} `steps` of the run."
        )
    return config


def explained(message: str) -> str:
    """msgspec's sentence, with the place as a dotted key and, for a key that is unknown, the nearest that is."""
    what, _, place = message.partition(" - at `$")
    where = place.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `(.*)`", what)
    if not unknown:
        return f"`{where}`: {what}." if where else f"{what}."
    key = unknown.group(1)
    section: Any = TrainingConfig
    for part in filter(None, where.split(".")):
        section = next(field.type for field in msgspec.structs.fields(section) if field.name == part)
    known = [field.name for field in msgspec.structs.fields(section)]
    near = difflib.get_close_matches(key, known, n=1)
    advice = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(known)}."
    return f"`{f'{where}.' if where else ''}{key}` is no setting; {advice}"
