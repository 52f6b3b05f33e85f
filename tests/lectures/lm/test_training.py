"""Training as people run it: resumes to the very same losses, repeats to the last digit, and says what is wrong."""

import json
import math
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from lectures.lm.checkpoints import load_checkpoint, save_checkpoint
from lectures.lm.model import TransformerLM
from lectures.lm.optimizers import AdamW
from lectures.lm.train import main
from lectures.lm.training import Run, learning_rate, rows
from lectures.lm.training_config import ConfigProblem, ScheduleSection, checked, load_config

PROJECT = Path(__file__).parents[3]
TEXT = "the cat sat on the mat, and the dog sat on the log. then they ran to the tree.\n" * 60


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    return {
        "out": str(tmp_path / "run"),
        "data": {"text": str(tmp_path / "text.txt"), "vocab_size": 280},
        "model": {"context_length": 16, "d_model": 16, "num_layers": 2, "num_heads": 2, "d_ff": 32, "num_kv_heads": 1},
        "optimizer": {"lr": "3e-3"},
        "schedule": {"warmup_iters": 3},
        "steps": 12,
        "batch_size": 4,
        "device": "cpu",
        "evaluate_every": 5,
        "evaluation_batches": 2,
        "checkpoint_every": 4,
        "sample_tokens": 20,
    }


def trained(config: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """The metrics of a run without what depends on the clock."""
    run = Run(checked({**config, **changes}, "config.yaml"))
    run.train()
    return metrics(run.metrics)


def metrics(path: Path) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != "tokens_per_second"} for row in rows(path)]


class Stopped(Exception):
    pass


@pytest.mark.parametrize(
    "options", [{}, {"precision": "bfloat16"}, {"optimizer": {"name": "sgd", "lr": 0.1, "momentum": 0.9}}]
)
def test_a_run_that_was_stopped_goes_on_to_the_very_same_losses(config, tmp_path, options):
    whole = trained({**config, **options}, out=str(tmp_path / "whole"))
    assert [row["iteration"] for row in whole if "loss" in row] == list(range(1, 13))
    assert [row["iteration"] for row in whole if "validation_loss" in row] == [5, 10, 12]

    def stop(row: dict[str, Any]) -> None:
        if row["iteration"] == 7:
            raise Stopped

    settings = checked({**config, **options}, "config.yaml")
    with pytest.raises(Stopped):
        Run(settings).train(stop)
    torch.manual_seed(99)  # nothing may hang on what this process did in between
    resumed = Run(settings, resume=True)
    assert resumed.iteration == 4
    resumed.train()
    assert metrics(resumed.metrics) == whole


def test_ctrl_c_finishes_the_iteration_and_loses_nothing(config, tmp_path):
    whole = trained(config, out=str(tmp_path / "whole"), steps=40)
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({**config, "steps": 40, "checkpoint_every": 1_000}), encoding="utf-8")
    command = [sys.executable, "-m", "lectures.lm.train", str(path)]
    kept = Path(config["out"]) / "metrics.jsonl"
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) as run:
        while run.poll() is None and not (kept.exists() and len(kept.read_text().splitlines()) > 3):
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        said = run.communicate()[1]
    assert run.returncode == 130
    assert f"Stopped. Go on with: python -m lectures.lm.train {path} --resume" in said
    done = [row["iteration"] for row in metrics(kept) if "loss" in row]
    assert 0 < len(done) < 40
    resumed = subprocess.run([*command, "--resume"], cwd=PROJECT, stderr=subprocess.PIPE, text=True, check=True)
    assert "bits a byte" in resumed.stderr
    assert metrics(kept) == whole


def test_ctrl_c_before_the_first_iteration_says_to_start_again(config, tmp_path, monkeypatch, capsys):
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lectures.lm.training.prepare_data", interrupted)
    assert main([str(path)]) == 130
    assert "--resume" not in capsys.readouterr().err


def test_what_is_kept_beside_the_results(config):
    rows = trained(config)
    folder = Path(config["out"])
    assert rows[0]["loss"] > rows[-2]["loss"]
    last = rows[-1]
    assert last["perplexity"] == pytest.approx(math.exp(last["validation_loss"]))
    kept = json.loads((folder / "run.json").read_text())
    assert kept["seed"] == 0
    assert kept["versions"]["torch"] == torch.__version__
    assert len(kept["text_sha256"]) == 64
    assert checked(yaml.safe_load((folder / "config.yaml").read_text()), "kept") == checked(config, "config")
    assert len((folder / "sample.txt").read_text()) > 20


def test_checkpoints_are_whole_or_not_there(tmp_path):
    model = TransformerLM(11, 8, 8, 1, 2, 12)
    optimizer, path = AdamW(model.parameters()), tmp_path / "checkpoint.pt"
    save_checkpoint(model, optimizer, 3, path)
    before = path.read_bytes()

    class Broken:
        def state_dict(self) -> dict[str, Any]:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        save_checkpoint(model, Broken(), 4, path)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    other = TransformerLM(11, 8, 8, 1, 2, 12)
    assert load_checkpoint(path, other) == 3
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"model": {"context_length": 16}}, r"`model`: Object missing required field `d_model`"),
        ({"lr": 1}, r"`lr` is no setting; known are data, model"),
        ({"optimizer": {"learning_rate": 1}}, r"`optimizer.learning_rate` is no setting"),
        ({"optimizer": {"bettas": [0, 0]}}, r"`optimizer.bettas` is no setting; did you mean `betas`\?"),
        ({"steps": "many"}, r"`steps`: Expected `int`, got `str`"),
        ({"steps": 0}, r"`steps` must be at least 1, not 0"),
        ({"optimizer": {"name": "adam"}}, r"`optimizer.name`: Invalid enum value 'adam'"),
        ({"schedule": {"warmup_iters": 13}}, r"warms up and decays for longer than the 12 `steps`"),
        ({"data": {"text": "x", "validation": 1}}, r"`data.validation` is the share held out"),
    ],
)
def test_a_wrong_configuration_is_one_sentence(config, change, sentence):
    with pytest.raises(ConfigProblem, match=sentence):
        checked({**config, **change}, "config.yaml")


def test_what_cannot_be_started(config, tmp_path):
    with pytest.raises(ConfigProblem, match=r"gone.yaml cannot be read: No such file"):
        load_config(tmp_path / "gone.yaml")
    (tmp_path / "bad.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ConfigProblem, match=r"bad.yaml is not YAML"):
        load_config(tmp_path / "bad.yaml")
    with pytest.raises(ConfigProblem, match="no checkpoint to resume from"):
        Run(checked(config, "config.yaml"), resume=True)
    trained(config)
    with pytest.raises(ConfigProblem, match="holds a run: go on with it by --resume"):
        Run(checked(config, "config.yaml"))
    with pytest.raises(ConfigProblem, match="was started with another `seed`"):
        Run(checked({**config, "seed": 5}, "config.yaml"), resume=True)


def test_kernels_want_a_gpu_and_nothing_is_left_of_the_try(config):
    with pytest.raises(ConfigProblem, match=r"`model.kernels` are for a GPU, and `device` is cpu"):
        Run(checked({**config, "model": {**config["model"], "kernels": "all"}}, "config.yaml"))
    assert not Path(config["out"]).exists()


def test_a_run_that_came_to_no_checkpoint_is_started_again(config):
    missing = {**config["data"], "text": "gone.txt"}
    with pytest.raises(ConfigProblem, match=r"gone.txt cannot be read as text"):
        Run(checked({**config, "data": missing}, "config.yaml"))
    with pytest.raises(ConfigProblem, match="The loss is"):
        trained(config, optimizer={"name": "sgd", "lr": 1e30, "max_l2_norm": 1e30}, checkpoint_every=100)
    found = trained(config, data={**config["data"], "vocab_size": 270})
    assert [row["iteration"] for row in found if "loss" in row] == list(range(1, 13))
    assert len(json.loads((Path(config["out"]) / "vocab.json").read_text(encoding="utf-8"))) == 270


def test_a_loss_that_is_none_ends_the_run_with_a_sentence(config):
    with pytest.raises(ConfigProblem, match=r"The loss is (nan|inf) at iteration \d+: lower `optimizer.lr`"):
        trained(config, optimizer={"name": "sgd", "lr": 1e30, "max_l2_norm": 1e30}, steps=60)


def test_the_schedules_of_a_run():
    for name in ("constant", "cosine", "warmup_stable_decay"):
        rates = [learning_rate(ScheduleSection(name=name, min_lr=0.1, warmup_iters=4), it, 1.0, 20) for it in range(20)]
        assert rates[0] == 0.25
        assert rates[3] == 1.0
        assert rates[-1] == pytest.approx(1.0 if name == "constant" else 0.1)


def test_the_command(config, tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({**config, "steps": 4}), encoding="utf-8")
    command = [sys.executable, "-m", "lectures.lm.train", str(path)]
    first = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert first.returncode == 0, first.stderr
    assert "bits a byte" in first.stderr
    again = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert again.returncode == 2
    assert "Traceback" not in again.stderr
    assert "go on with it by --resume" in again.stderr
