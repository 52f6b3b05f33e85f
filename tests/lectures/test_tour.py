"""The tour, run as people run it with its costs counted; what it shows, held to figures that were worked out elsewhere."""

from __future__ import annotations

import subprocess
import sys
from functools import cached_property
from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from lectures import tour
from tests.lectures.course import title
from tracer.format import schema
from tracer.format.reader import read_trace

PROJECT = Path(__file__).parents[2]
LINES = (PROJECT / "lectures/tour.py").read_text(encoding="utf-8").split("\n")


def lines_of(text: str) -> list[int]:
    """The lines of the lecture, counted from 1, that have `text` in them: at least one."""
    lines = [number for number, source in enumerate(LINES, 1) if text in source]
    assert lines, f"no line of the lecture has {text!r}"
    return lines


def line_of(text: str) -> int:
    (line,) = lines_of(text)
    return line


class Record:
    """What is asked of the trace here: what names were, which lines wrote to them, and sums over the lines that ran."""

    def __init__(self, trace: schema.Trace) -> None:
        self.trace = trace

    def line(self, step: int) -> tuple[int, int]:
        """The file (an index) and the line of a step."""
        statement = self.trace.steps.statement[step]
        return self.trace.statements.file[statement], self.trace.statements.line[statement]

    def steps_of(self, text: str) -> list[int]:
        """The steps that executed the lecture's lines with `text` in them."""
        places = {(self.trace.entry, line) for line in lines_of(text)}
        return [step for step in range(len(self.trace.steps.statement)) if self.line(step) in places]

    def values(self, name: str, text: str = "") -> list[schema.Value]:
        """All that `name` was inspected to be, in order; with `text`, only by the line that has it."""
        rows = self.trace.bindings
        steps = self.steps_of(text) if text else None
        return [
            self.trace.values[value]
            for step, of, value, role in zip(rows.step, rows.name, rows.value, rows.role, strict=True)
            if self.trace.strings[of] == name
            and role == schema.ROLE_INSPECTED
            and value >= 0
            and (steps is None or step in steps)
        ]

    def tensor(self, name: str, text: str = "") -> schema.Tensor:
        """The first of `values` that is an array."""
        return next(value for value in self.values(name, text) if isinstance(value, schema.Tensor))

    def written_by(self, text: str) -> list[tuple[str, schema.Value]]:
        """What was found changed, unasked, at the lines with `text` in them: names and their new values."""
        rows = self.trace.bindings
        steps = self.steps_of(text)
        return [
            (self.trace.strings[of], self.trace.values[value])
            for step, of, value, role in zip(rows.step, rows.name, rows.value, rows.role, strict=True)
            if role == schema.ROLE_WRITTEN and step in steps
        ]

    @cached_property
    def relations(self) -> dict[tuple[str, str], int]:
        rows = self.trace.derived
        name = self.trace.strings.__getitem__
        return {
            (name(n), name(s)): relation for n, s, relation in zip(rows.name, rows.source, rows.relation, strict=True)
        }

    def words(self) -> str:
        return "\n".join(output.text for output in self.trace.outputs if isinstance(output, schema.Words))

    def expectations(self) -> dict[str, schema.Expectation]:
        return {output.label: output for output in self.trace.outputs if isinstance(output, schema.Expectation)}

    def flops(self, first: int, last: int, phase: int) -> int:
        """FLOPs of the operations charged to the lecture's lines from `first` to `last`."""
        rows = self.trace.operations
        return sum(
            flops
            for step, of, flops in zip(rows.step, rows.phase, rows.flops, strict=True)
            if of == phase and first <= self.line(step)[1] <= last and self.line(step)[0] == self.trace.entry
        )


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("traces")
    command = [sys.executable, "execute.py", "-m", "tour", "--costs", "-o", str(folder), "--quiet"]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return Record(read_trace(folder / "tour.json"))


def numbers(tensor: schema.Tensor) -> list[float]:
    assert tensor.elements is not None
    return [float(element) for element in tensor.elements if element is not None]


def storage(tensor: schema.Tensor) -> int:
    assert tensor.storage is not None
    return tensor.storage.id


def test_without_the_tracer_it_runs_and_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    tour.main()
    assert capsys.readouterr() == ("", "")


def test_it_finishes_and_nothing_is_amiss(record: Record) -> None:
    assert record.trace.summary.outcome.status == "finished"
    assert record.trace.summary.title == title("tour")
    assert record.trace.notices == []
    assert not [output for output in record.trace.outputs if isinstance(output, schema.Placeholder)]


def test_an_update_that_is_too_small_moves_no_weight(record: Record) -> None:
    assert numbers(record.tensor("moved")) == numbers(record.tensor("weights"))
    assert record.values("lost") == [4]
    assert "4 of 4 weights did not move" in record.words()


def test_small_gradients_vanish_by_the_least_number_of_each_dtype(record: Record) -> None:
    # The least numbers above zero: 2**-24 in float16, 2**-133 in bfloat16, 2**-9 in float8_e4m3fn (OCP 8-bit
    # floating point, 2023); what is below half of one rounds to zero.
    gradient = [1e-3, 1e-5, 1e-7, 1e-9]
    zeros = {}
    for name, dtype, least in [
        ("half", "float16", 2.0**-24),
        ("brain", "bfloat16", 2.0**-133),
        ("eighth", "float8_e4m3fn", 2.0**-9),
    ]:
        tensor = record.tensor(name)
        assert tensor.dtype == dtype
        assert [number == 0 for number in numbers(tensor)] == [number < least / 2 for number in gradient]
        zeros[name] = numbers(tensor).count(0)
    assert zeros == {"half": 1, "brain": 0, "eighth": 3}
    assert "In `float16` 1 of them is zero, in `bfloat16` 0, in `float8_e4m3fn` 3." in record.words()


def test_what_is_not_finite_is_recorded_as_such(record: Record) -> None:
    assert record.tensor("ratio").elements == [1, 1, 1, "nan"]
    assert record.tensor("overflow").elements == ["inf", "inf"]


def test_axes_have_the_names_that_annotations_and_patterns_give(record: Record) -> None:
    split, scores = record.tensor("split"), record.tensor("scores")
    assert (split.shape, split.dimensions) == ([2, 4, 12, 8], ["batch", "head", "time", "channel"])
    assert (scores.shape, scores.dimensions) == ([2, 4, 12, 12], ["batch", "head", "query", "key"])


def test_attention_looks_at_no_later_token_and_its_rows_sum_to_one(record: Record) -> None:
    weights = torch.tensor(numbers(record.tensor("weights", "scores.softmax"))).reshape(2, 4, 12, 12)
    assert torch.equal(weights, weights.tril())
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(2, 4, 12))


def test_views_are_seen_to_share_a_storage_and_a_copy_is_not(record: Record) -> None:
    x = record.tensor("x", "torch.arange(24.0)")
    transposed, rows, column = record.tensor("transposed"), record.tensor("rows"), record.tensor("column")
    copied = record.tensor("copied")
    assert {storage(view) for view in (transposed, rows, column)} == {storage(x)}
    assert storage(copied) != storage(x)
    assert [view.strides for view in (x, transposed, rows, column, copied)] == [[6, 1], [1, 6], [6, 1], [6], [4, 1]]
    assert [view.storage.offset for view in (x, transposed, rows, column) if view.storage] == [0, 0, 6 * 4, 2 * 4]
    for name in ("transposed", "rows", "column"):
        assert record.relations[name, "x"] == schema.SAME_MEMORY
    assert record.relations["copied", "transposed"] == schema.OWN_MEMORY


def test_a_write_through_one_name_changes_all_that_share_its_memory(record: Record) -> None:
    filled = dict(record.written_by("column.fill_(-1)"))
    assert set(filled) == {"x", "transposed", "rows", "column"}
    expected = torch.arange(24.0).reshape(4, 6)
    expected[:, 2] = -1
    for name, view in {
        "x": expected,
        "transposed": expected.T,
        "rows": expected[1:3],
        "column": expected[:, 2],
    }.items():
        tensor = filled[name]
        assert isinstance(tensor, schema.Tensor)
        assert numbers(tensor) == view.flatten().tolist()
    assert numbers(record.tensor("copied")) == expected.T.flatten().tolist()
    zeroed = dict(record.written_by("x.zero_()"))
    assert set(zeroed) == {"x", "transposed", "rows", "column"}  # and not the copy


def test_tokens_are_the_pieces_of_their_sentence(record: Record) -> None:
    (tokens,) = record.values("ids")
    assert isinstance(tokens, schema.Tokens)
    assert "".join(tokens.pieces) == "The theory of the tensor: then there were three."
    assert tokens.length == len(tokens.ids) == len(tokens.pieces)
    assert tour.train_tokenizer().decode(tokens.ids) == "".join(tokens.pieces)


def test_a_tied_parameter_is_counted_once(record: Record) -> None:
    (network,) = record.values("network")
    assert isinstance(network, schema.Module)
    assert {row.name: row.same_as for row in network.parameters}["2.weight"] == "0.weight"
    assert network.parameter_count == 512 * 32 + 2 * 32
    assert network.parameter_bytes == 4 * network.parameter_count


def test_the_loss_falls_turn_by_turn(record: Record) -> None:
    losses = [
        numbers(loss)[0] for loss in record.values("loss", "nn.functional.mse_loss") if isinstance(loss, schema.Tensor)
    ]
    assert len(losses) == 40
    assert losses[-1] < losses[0] / 100
    assert min(losses) == losses[-1]
    assert f"After 40 turns the loss is {losses[-1]:.5f}." in record.words()


def test_the_optimizer_is_seen_to_write_the_weights(record: Record) -> None:
    written = record.written_by("optimizer.step()")
    assert [name for name, _ in written] == ["weight"] * 39  # on the first turn nothing has inspected them yet
    inspected = record.values("weight", "weight = model[0].weight")
    assert [value for _, value in written] == inspected[1:]


def test_predictions_come_true_to_the_last_flop(record: Record) -> None:
    expectations = record.expectations()
    (parameters,), (attention,) = record.values("parameters"), record.values("attention")
    assert parameters == (3 + 1 + 4 + 4) * 128**2
    assert attention == 2 * (2 * 4 * 128 * 128 * 128)
    forward = 2 * 4 * 128 * (3 + 1 + 4 + 4) * 128**2 + 2 * (2 * 4 * 128 * 128 * 128)
    for label, flops in (("forward", forward), ("backward", 2 * forward)):
        assert expectations[label].items == [schema.Expected(measure="flops", expected=flops, measured=flops)]


def test_the_block_costs_what_torch_counts(record: Record) -> None:
    block = tour.Block(128, heads=4)
    x = torch.randn(4, 128, 128)
    with FlopCounterMode(display=False) as forward:
        y = block(x)
    with FlopCounterMode(display=False) as backward:
        y.square().mean().backward()
    first, last = line_of("def forward(self, x: Sequences)"), line_of("return self.down(activated)")
    assert record.flops(first, last, schema.PHASE_FORWARD) == forward.get_total_flops()
    assert record.flops(first, last, schema.PHASE_BACKWARD) == backward.get_total_flops()


def test_adamw_takes_four_bytes_a_parameter_gradient_and_moment(record: Record) -> None:
    rows = record.trace.memory
    model = torch.nn.Sequential(torch.nn.Linear(256, 512), torch.nn.ReLU(), torch.nn.Linear(512, 256))
    tensors = len(list(model.parameters()))
    count = sum(parameter.numel() for parameter in model.parameters())
    section = range(line_of("def training_memory()"), line_of('if __name__ == "__main__"'))
    roles = [
        (rows.parameters[row], rows.gradients[row], rows.optimizer[row])
        for row, step in enumerate(rows.step)
        if record.line(step)[1] in section
    ]
    # `step` of each parameter's state is a scalar of four bytes.
    assert (4 * count, 4 * count, 8 * count + 4 * tensors) in roles
    assert max(optimizer for _, _, optimizer in roles) == 8 * count + 4 * tensors
    assert roles[0] == (4 * count, 0, 0)
    assert f"{count:,} parameters: {16 * count / 2**20:.1f} MiB" in record.words()


def test_memory_that_is_let_go_is_no_longer_counted(record: Record) -> None:
    rows = record.trace.memory
    live = (rows.parameters, rows.gradients, rows.optimizer, rows.activations, rows.other)
    assert sum(column[-1] for column in live) == 0
    for row, peak in enumerate(rows.peak):
        assert peak >= sum(column[row] for column in live)


def test_the_run_may_be_held_against_this_machine_and_published_ones(record: Record) -> None:
    machines = record.trace.machines
    assert any(machine.measured for machine in machines)
    for machine in machines:
        assert machine.measured or "https://" in machine.source
        assert machine.bytes_per_second > 0
        assert min(machine.flops_per_second.values()) > 0
