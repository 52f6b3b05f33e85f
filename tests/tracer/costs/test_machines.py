from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tracer.costs import machines
from tracer.costs.machines import MachinesProblem, published, this_machine

yaml = pytest.importorskip("yaml")

GOOD = {"name": "M", "flops_per_second": {"float32": 1e12}, "bytes_per_second": 1e9, "source": "a data sheet"}


def test_the_published_machines() -> None:
    found = {machine.name: machine for machine in published()}
    assert [name.split()[1] for name in found] == ["A100", "H100", "H200", "B200"]
    for machine in found.values():
        rates = machine.flops_per_second
        assert "https://" in machine.source
        assert not machine.measured
        assert rates["float64"] <= rates["float32"] < rates["tensorfloat32"] < rates["bfloat16"] == rates["float16"]
        assert 1e12 < machine.bytes_per_second < 1e13
        assert 80e9 <= (machine.memory_bytes or 0) < 200e9
        if "float8" in rates:
            assert rates["float8"] == pytest.approx(2 * rates["bfloat16"], rel=1e-4)
    # Dense, not for 2:4 sparsity: 132 SMs · 4 tensor cores · 512 multiply-adds a cycle at 1.83 GHz.
    hopper = found["NVIDIA H100 SXM"].flops_per_second
    assert hopper["bfloat16"] == pytest.approx(132 * 4 * 512 * 2 * 1.83e9, rel=0.001)
    assert hopper["tensorfloat32"] == pytest.approx(hopper["bfloat16"] / 2)
    # 108 SMs · 4 tensor cores · 256 multiply-adds a cycle at 1.41 GHz.
    ampere = found["NVIDIA A100 SXM 80 GB"].flops_per_second
    assert ampere["bfloat16"] == pytest.approx(108 * 4 * 256 * 2 * 1.41e9, rel=0.001)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "- name: mine\n  flops_per_second: {float32: 1e12}\n  bytes_per_second: 100_000_000_000\n"
        "  memory_bytes: 1.6e+10\n  source: measured by hand\n"
    )
    (machine,) = published(path)
    assert (machine.flops_per_second, machine.bytes_per_second) == ({"float32": 1e12}, 1e11)
    assert machine.memory_bytes == 16_000_000_000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a: [1", "this is not YAML"),
        ("a: b\n", "a list of machines is expected"),
        ("- 3\n", "machine 1: name, flops_per_second and so on are expected, not 3."),
        ([{**GOOD, "name": ""}], "name is missing"),
        ([{"name": "M"}], "machine 1 (M): flops_per_second and bytes_per_second and source is missing"),
        ([GOOD, {**GOOD, "name": "N", "flops": 3}], "machine 2 (N): 'flops' is not known; known are name,"),
        ([{**GOOD, "flops_per_second": 3}], "flops_per_second gives a rate for each dtype"),
        (
            [{**GOOD, "flops_per_second": {"float32": "fast"}}],
            "machine 1 (M): float32 is a number above 0, not 'fast'.",
        ),
        ([{**GOOD, "bytes_per_second": -1}], "bytes_per_second is a number above 0, not -1."),
        ([{**GOOD, "bytes_per_second": float("inf")}], "bytes_per_second is a number above 0, not inf."),
        ([{**GOOD, "memory_bytes": True}], "memory_bytes is a number above 0, not True."),
        ([{**GOOD, "source": 3}], "source is text, not 3."),
        ([GOOD, GOOD], "two machines are called M."),
        (b"\xff\xfe\x00", "this is not YAML"),
    ],
)
def test_a_wrong_file_gets_a_sentence(tmp_path: Path, content: object, sentence: str) -> None:
    path = tmp_path / "machines.yaml"
    data = (
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else yaml.safe_dump(content)).encode()
    )
    path.write_bytes(data)
    with pytest.raises(MachinesProblem) as caught:
        published(path)
    assert sentence in str(caught.value)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MachinesProblem, match=r"none\.yaml cannot be read: No such file or directory\."):
        published(tmp_path / "none.yaml")


def test_without_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MachinesProblem, match="pip install pyyaml"):
        published()


class TestThisMachine:
    @pytest.fixture(autouse=True)
    def _quickly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.torch = pytest.importorskip("torch")
        from tracer.costs import peaks

        monkeypatch.setattr(peaks, "SIZES", {"cpu": (16, 32)})
        monkeypatch.setattr(peaks, "LARGEST_COPY", {"cpu": 1 << 20})

    def test_it_is_measured_once_and_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from tracer.costs import peaks

        (machine,) = this_machine(tmp_path / "cache")
        assert machine.measured
        assert {"float32", "bfloat16"} <= machine.flops_per_second.keys()
        assert min(machine.flops_per_second.values()) > 0
        assert machine.bytes_per_second > 0
        assert "thread" in machine.name
        assert "a copy of 1 MiB" in machine.source
        monkeypatch.setattr(peaks, "measured", lambda device: pytest.fail("measured again"))
        assert this_machine(tmp_path / "cache") == [machine]

    def test_what_is_kept_is_for_one_number_of_threads(self, tmp_path: Path) -> None:
        threads = self.torch.get_num_threads()
        try:
            self.torch.set_num_threads(1)
            one = this_machine(tmp_path)
            self.torch.set_num_threads(2)
            assert this_machine(tmp_path, measure=False) == []
            (two,) = this_machine(tmp_path)
            assert two.name.endswith("2 threads")
            self.torch.set_num_threads(1)
            assert this_machine(tmp_path, measure=False) == one
        finally:
            self.torch.set_num_threads(threads)

    def test_again(self, tmp_path: Path) -> None:
        (first,) = this_machine(tmp_path)
        kept = json.loads((tmp_path / machines.KEPT).read_text())
        for entry in kept.values():
            entry["bytes_per_second"] = 7.0
        (tmp_path / machines.KEPT).write_text(json.dumps(kept))
        assert this_machine(tmp_path)[0].bytes_per_second == 7.0
        assert this_machine(tmp_path, again=True)[0].bytes_per_second > 7.0
        assert this_machine(tmp_path, measure=False)[0].bytes_per_second > 7.0
        assert first.name == this_machine(tmp_path)[0].name

    @pytest.mark.parametrize("damage", [b"", b"[]", b'{"a": 3}', b'{"a": {"name": "x"}}', b"\xff", b"[" * 100_000])
    def test_a_damaged_file_is_measured_anew(self, tmp_path: Path, damage: bytes) -> None:
        (tmp_path / machines.KEPT).write_bytes(damage)
        (machine,) = this_machine(tmp_path)
        assert this_machine(tmp_path, measure=False) == [machine]

    def test_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("a file, not a folder")
        (machine,) = this_machine(tmp_path / "cache")
        assert machine.measured

    def test_on_the_command_line(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from tracer import __main__ as command

        monkeypatch.setattr(command, "VAR", tmp_path)
        monkeypatch.setattr(sys, "argv", ["tracer", "machine", "--again"])
        assert command.main() == 0
        head, units, here, *others = capsys.readouterr().out.splitlines()
        assert head.split() == [*machines.DTYPES, "memory", "memory"]
        assert units.split()[-3:] == ["FLOP/s", "B/s", "B"]
        assert "(measured)" in here
        assert [line.split()[1] for line in others] == ["A100", "H100", "H200", "B200"]
        assert others[1].split()[-6:] == ["1.98", "P", "3.35", "T", "80", "G"]
        assert (tmp_path / "cache" / machines.KEPT).is_file()

    def test_nothing_of_torch_is_changed(self, tmp_path: Path) -> None:
        torch = self.torch
        torch.manual_seed(3)
        before = torch.get_rng_state()
        torch.set_default_dtype(torch.float64)
        try:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                (machine,) = this_machine(tmp_path)
            assert torch.get_default_dtype() == torch.float64
        finally:
            torch.set_default_dtype(torch.float32)
        assert torch.equal(torch.get_rng_state(), before)
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()
        assert machine.flops_per_second.keys() == {"float32", "bfloat16", "float64"}


def test_without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "tracer.costs.peaks", raising=False)
    monkeypatch.delattr(sys.modules["tracer.costs"], "peaks", raising=False)
    assert this_machine(tmp_path) == []
