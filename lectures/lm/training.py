"""A training run: from a configuration to a model, with everything kept that is needed to tell, repeat or resume it."""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from lectures.lm.batches import get_batch, open_tokens, write_tokens
from lectures.lm.checkpoints import load_checkpoint, save_checkpoint
from lectures.lm.functional import bits_per_byte, cross_entropy, perplexity
from lectures.lm.generation import generate
from lectures.lm.model import TransformerLM, count_parameters
from lectures.lm.optimizers import SGD, AdaGrad, AdamW, clip_gradients
from lectures.lm.schedules import cosine_schedule, warmup_stable_decay_schedule
from lectures.lm.tokenizer import Tokenizer, train_bpe
from lectures.lm.training_config import ConfigProblem, ScheduleSection, TrainingConfig, checked

__all__ = ["Data", "Run", "evaluate", "learning_rate", "make_optimizer", "prepare_data"]

Progress = Callable[[dict[str, Any]], None]

TOKEN_FILES = ("vocab.json", "merges.txt", "train.npy", "validation.npy")

EVALUATION_SEED = 1_000_003
"""The batches that a model is evaluated on are the same each time."""


class Data:
    """Tokens to train on and to validate on, and what made them."""

    def __init__(
        self, tokenizer: Tokenizer, train: NDArray[np.integer], validation: NDArray[np.integer], text: str
    ) -> None:
        self.tokenizer, self.train, self.validation, self.text = tokenizer, train, validation, text

    def bytes_per_token(self) -> float:
        """Of the validation text."""
        sample = self.validation[: 1 << 16].tolist()
        return len(self.tokenizer.decode(sample).encode()) / len(sample)


class Run:
    """One run in one folder: `config.yaml`, `run.json`, `metrics.jsonl`, `checkpoint.pt`, `sample.txt`, and the tokenizer."""

    def __init__(self, config: TrainingConfig, *, resume: bool = False) -> None:
        self.config = config
        self.folder = Path(config.out)
        self.checkpoint = self.folder / "checkpoint.pt"
        self.metrics = self.folder / "metrics.jsonl"
        self.device = torch.device(best_device() if config.device == "auto" else config.device)
        self._loss: Callable[[Tensor, Tensor], Tensor] = cross_entropy
        if config.model.kernels:
            self._loss = self._kernel_loss()
        self._claim(resume)
        torch.manual_seed(config.seed)
        self.data = prepare_data(config, self.folder)
        self.model = TransformerLM(
            len(self.data.tokenizer.vocab), **msgspec.structs.asdict(config.model), device=self.device
        )
        self.optimizer = make_optimizer(config, self.model)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.iteration = 0
        if resume:
            self.iteration = load_checkpoint(self.checkpoint, self.model, self.optimizer, self.generator)
            self._forget_metrics_after(self.iteration)
        self._keep_provenance()
        self._forward: Callable[[Tensor], Tensor] = torch.compile(self.model) if config.compile else self.model

    # ------------------------------------------------------------------------------------------------- the loop

    def train(self, progress: Progress = lambda row: None, stop: Callable[[], bool] = lambda: False) -> dict[str, Any]:
        """Train to the end, telling `progress` of every iteration; returns the last evaluation.

        Where `stop()` says so after an iteration, there is a checkpoint of just that iteration, and nothing is lost.
        """
        config = self.config
        last: dict[str, Any] = {}
        with deterministic(), self.metrics.open("a", encoding="utf-8") as log:

            def tell(row: dict[str, Any]) -> None:
                log.write(json.dumps(row) + "\n")
                log.flush()
                progress(row)

            stopping = False
            while self.iteration < config.steps and not stopping:
                tell(self._step())
                stopping = stop()
                if self.iteration % config.evaluate_every == 0 or self.iteration == config.steps:
                    last = self._evaluate()
                    tell(last)
                if self.iteration % config.checkpoint_every == 0 or self.iteration == config.steps or stopping:
                    save_checkpoint(self.model, self.optimizer, self.iteration, self.checkpoint, self.generator)
        if self.iteration < config.steps:
            return last
        (self.folder / "sample.txt").write_text(self.sample(config.sample_tokens), encoding="utf-8")
        return last or self._evaluate()

    def _step(self) -> dict[str, Any]:
        config, began = self.config, time.perf_counter()
        lr = learning_rate(config.schedule, self.iteration, config.optimizer.lr, config.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        inputs, targets = get_batch(
            self.data.train, config.batch_size, config.model.context_length, self.device, self.generator
        )
        with autocast(self.device, config.precision):
            logits = self._forward(inputs)
        loss = self._loss(logits, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = clip_gradients(self.model.parameters(), config.optimizer.max_l2_norm)
        self.optimizer.step()
        value = loss.item()  # the device has done all that came before
        if not math.isfinite(value):
            raise ConfigProblem(
                f"The loss is {value} at iteration {self.iteration}: lower `optimizer.lr`, or warm up longer. "
                f"What came before is kept in {self.folder}."
            )
        self.iteration += 1
        seconds = time.perf_counter() - began
        return {
            "iteration": self.iteration,
            "loss": value,
            "lr": lr,
            "gradient_norm": norm.item(),
            "tokens_per_second": round(inputs.numel() / seconds, 1),
        }

    def _evaluate(self) -> dict[str, Any]:
        config = self.config
        loss = evaluate(
            self.model,
            self.data.validation,
            config.batch_size,
            config.model.context_length,
            config.evaluation_batches,
            config.precision,
        )
        return {
            "iteration": self.iteration,
            "validation_loss": loss,
            "perplexity": perplexity(loss),
            "bits_per_byte": bits_per_byte(loss, self.data.bytes_per_token()),
        }

    def sample(self, tokens: int) -> str:
        """Text that the model makes up, from how the validation text begins."""
        prompt = torch.from_numpy(self.data.validation[:16].astype(np.int64)).to(self.device)
        generator = torch.Generator(self.device).manual_seed(self.config.seed)
        ids = generate(self.model, prompt, tokens, temperature=0.8, top_p=0.95, generator=generator)
        return self.data.tokenizer.decode(ids.tolist())

    def _kernel_loss(self) -> Callable[[Tensor, Tensor], Tensor]:
        """The loss that goes with `model.kernels`. Raises ConfigProblem if they cannot be had."""
        if self.device.type != "cuda":
            raise ConfigProblem(f"`model.kernels` are for a GPU, and `device` is {self.device}: leave them out.")
        from lectures.lm.kernels.cross_entropy import cross_entropy as fused
        from lectures.lm.kernels.switch import chosen

        try:
            names = chosen(self.config.model.kernels)
        except ValueError as problem:
            raise ConfigProblem(f"`model.kernels`: {problem}") from None
        return partial(fused, overwrite_logits=True) if "loss" in names else cross_entropy

    # ---------------------------------------------------------------------------------------------- what is kept

    def _claim(self, resume: bool) -> None:
        """Make the folder, or make sure that it is a run of this very configuration."""
        kept = self.folder / "config.yaml"
        if not resume:
            if self.checkpoint.exists():
                raise ConfigProblem(f"{self.folder} holds a run: go on with it by --resume, or choose another `out`.")
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in (self.metrics.name, *TOKEN_FILES):  # of a run that came to no checkpoint
                (self.folder / name).unlink(missing_ok=True)
            kept.write_text(yaml.safe_dump(as_plain(self.config), sort_keys=False), encoding="utf-8")
            return
        if not self.checkpoint.exists():
            raise ConfigProblem(f"{self.folder} has no checkpoint to resume from: start without --resume.")
        before = as_plain(checked(yaml.safe_load(kept.read_text(encoding="utf-8")), str(kept)))
        now = as_plain(self.config)
        differing = [key for key in now if key != "steps" and now[key] != before[key]]
        if differing:
            raise ConfigProblem(
                f"{self.folder} was started with another `{differing[0]}`: resume with {kept}, or choose another `out`."
            )

    def _forget_metrics_after(self, iteration: int) -> None:
        """A run that was stopped after its last checkpoint does those iterations again."""
        rows = [
            line
            for line in self.metrics.read_text(encoding="utf-8").splitlines()
            if json.loads(line)["iteration"] <= iteration
        ]
        partial = self.metrics.with_name(self.metrics.name + ".part")
        partial.write_text("".join(row + "\n" for row in rows), encoding="utf-8")
        partial.replace(self.metrics)

    def _keep_provenance(self) -> None:
        record = {
            "parameters": count_parameters(self.model),
            "seed": self.config.seed,
            "text": self.config.data.text,
            "text_sha256": hashlib.sha256(Path(self.config.data.text).read_bytes()).hexdigest(),
            "training_tokens": len(self.data.train),
            "validation_tokens": len(self.data.validation),
            "commit": commit(),
            "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
            "device": torch.cuda.get_device_name() if self.device.type == "cuda" else platform.machine(),
            "threads": torch.get_num_threads(),
        }
        (self.folder / "run.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


# ------------------------------------------------------------------------------------------------------------ its parts


def prepare_data(config: TrainingConfig, folder: Path) -> Data:
    """Split the text, train the tokenizer on its first part, write the tokens; what is in the folder already is used."""
    source = Path(config.data.text)
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigProblem(f"`data.text`: {source} cannot be read as text: {error}.") from None
    cut = text.rfind("\n", 0, int(len(text) * (1 - config.data.validation))) + 1
    names = [folder / name for name in TOKEN_FILES]
    if not all(path.exists() for path in names):
        part = folder / "train.txt"
        part.write_text(text[:cut], encoding="utf-8")
        try:
            vocab, merges = train_bpe(part, config.data.vocab_size, config.data.special_tokens)
        except ValueError as error:
            raise ConfigProblem(f"`data`: {error}") from None
        part.unlink()
        tokenizer = Tokenizer(vocab, merges, config.data.special_tokens)
        for piece, path in zip((text[:cut], text[cut:]), names[2:], strict=True):
            write_tokens(tokenizer.encode(piece), path, len(vocab))
        tokenizer.save(names[0], names[1])  # last: their being there says that all is
    tokenizer = Tokenizer.from_files(names[0], names[1], config.data.special_tokens)
    return Data(tokenizer, open_tokens(names[2]), open_tokens(names[3]), text)


def make_optimizer(config: TrainingConfig, model: nn.Module) -> Optimizer:
    """With weight decay for matrices alone: a norm's weight or a bias has no reason to be small."""
    options = config.optimizer
    groups = [
        {"params": [p for p in model.parameters() if p.ndim >= 2], "weight_decay": options.weight_decay},
        {"params": [p for p in model.parameters() if p.ndim < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if options.name == "sgd":
        return SGD(groups, options.lr, options.momentum)
    if options.name == "adagrad":
        return AdaGrad(groups, options.lr)
    return AdamW(groups, options.lr, options.betas, options.eps)


def learning_rate(schedule: ScheduleSection, iteration: int, max_lr: float, steps: int) -> float:
    """The rate of an iteration, which counts from 0; the first of a warmup is not 0, since it would be wasted."""
    it = min(iteration + 1, steps)
    if schedule.name == "constant":
        return max_lr * min(1.0, it / schedule.warmup_iters) if schedule.warmup_iters else max_lr
    if schedule.name == "cosine":
        return cosine_schedule(it, max_lr, schedule.min_lr, schedule.warmup_iters, steps)
    return warmup_stable_decay_schedule(
        it, max_lr, schedule.min_lr, schedule.warmup_iters, steps, schedule.decay_iters or steps // 5
    )


@torch.no_grad()  # type: ignore[untyped-decorator]
def evaluate(
    model: TransformerLM,
    dataset: NDArray[np.integer],
    batch_size: int,
    context_length: int,
    batches: int,
    precision: str = "float32",
) -> float:
    """The mean loss, in nats a token, on batches that are the same whenever it is asked for."""
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(EVALUATION_SEED)
    total = 0.0
    for _ in range(batches):
        inputs, targets = get_batch(dataset, batch_size, context_length, device, generator)
        with autocast(device, precision):
            logits = model(inputs)
        total += cross_entropy(logits, targets).item()
    return total / batches


def autocast(device: torch.device, precision: str) -> Any:
    """Matrix products in bfloat16 where that is asked for; parameters and their gradients stay in float32."""
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def best_device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def deterministic() -> Iterator[None]:
    """Within: the same seed gives the same losses, to the last digit, on one machine with one number of threads."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before, warned = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warned)


def commit() -> str | None:
    """The commit that the code stands at, with a + when files have changed since; None where there is no git."""
    try:
        folder = Path(__file__).parent
        ask = {"cwd": folder, "capture_output": True, "text": True, "timeout": 5, "check": True}
        head = subprocess.run(["git", "rev-parse", "HEAD"], **ask).stdout.strip()  # type: ignore[call-overload]
        changed = subprocess.run(["git", "status", "--porcelain", "-uno"], **ask).stdout.strip()  # type: ignore[call-overload]
        return f"{head}+" if changed else head
    except (OSError, subprocess.SubprocessError):
        return None


def as_plain(config: TrainingConfig) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(config)
    return plain


def rows(path: Path | str) -> Iterator[dict[str, Any]]:
    """The metrics of a run, in order."""
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
