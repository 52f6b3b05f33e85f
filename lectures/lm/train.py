"""Train a language model: python -m lectures.lm.train config.yaml [--resume]."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lectures.lm.training import Run
from lectures.lm.training_config import ConfigProblem, load_config


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lectures.lm.train", description="Train a language model.")
    parser.add_argument("config", help="a YAML file; lectures/lm/configs has some")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint of its folder")
    options = parser.parse_args(arguments)
    console = Console(stderr=True)
    config = None
    try:
        config = load_config(options.config)
        run = Run(config, resume=options.resume)
        last = with_progress(run, console)
        if run.iteration < config.steps:
            raise KeyboardInterrupt
    except ConfigProblem as problem:
        console.print(str(problem), style="red", markup=False, highlight=False, soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        kept = config is not None and (Path(config.out) / "checkpoint.pt").exists()
        console.print(
            f"Stopped. {'Go on' if kept else 'Nothing was learned yet. Start again'} with: "
            f"python -m lectures.lm.train {options.config}{' --resume' if kept else ''}",
            markup=False,
            soft_wrap=True,
        )
        return 130
    console.print(
        f"{run.folder}: validation loss {last['validation_loss']:.4f}, perplexity {last['perplexity']:.2f}, "
        f"{last['bits_per_byte']:.3f} bits a byte.",
        markup=False,
        soft_wrap=True,
    )
    return 0


@contextmanager
def asked_to_stop() -> Iterator[list[bool]]:
    """Within: the first Ctrl-C makes the list true, so that an iteration is finished and kept; the second interrupts."""
    asked: list[bool] = []

    def press(number: int, frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def with_progress(run: Run, console: Console) -> dict[str, Any]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[said]}"),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("training", total=run.config.steps, completed=run.iteration, said="")

        def tell(row: dict[str, Any]) -> None:
            if "loss" in row:
                said = f"loss {row['loss']:.4f} · {row['tokens_per_second']:,.0f} tokens/s"
                bar.update(task, completed=row["iteration"], said=said)
            else:
                bar.console.print(
                    f"{row['iteration']:>6}  validation loss {row['validation_loss']:.4f}  "
                    f"perplexity {row['perplexity']:.2f}  {row['bits_per_byte']:.3f} bits a byte",
                    markup=False,
                    highlight=False,
                )

        with asked_to_stop() as asked:
            return run.train(tell, lambda: bool(asked))


if __name__ == "__main__":
    sys.exit(main())
