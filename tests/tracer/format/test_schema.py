"""The schema, what is generated from it, and the stand-in for msgspec: they must all say the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import msgspec
import pytest

from tracer.format import generate, schema
from tracer.format.assembly import TABLES
from tracer.format.reader import read_trace
from tracer.format.struct import PlainStruct, to_json

ROOT = Path(__file__).resolve().parents[3]


def test_the_generated_files_are_those_of_the_schema() -> None:
    assert generate.SCHEMA_FILE.read_text() == json.dumps(generate.json_schema(), indent=1) + "\n"
    assert generate.DOCS_FILE.read_text() == generate.page()


def test_the_compactor_knows_every_column() -> None:
    for name, columns in TABLES.items():
        table = {field.name: field for field in msgspec.structs.fields(schema.Trace)}[name].type
        assert tuple(field.name for field in msgspec.structs.fields(table)) == columns


def test_a_real_trace_validates_against_the_json_schema(record: object) -> None:
    recording = record(  # type: ignore[operator]
        "from tracer import text, table\ndef main():\n    text('# T')\n    table([[1, 2.0]])\n"
        "    x = {'a': [1.0, None]}  # @inspect x\n"
    )
    document = json.loads(recording.result.path.read_bytes())
    jsonschema.Draft7Validator(generate.json_schema()).validate(document)
    document["steps"]["end"] = ["x"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(generate.json_schema()).validate(document)


class PlainWords(PlainStruct, tag_field="kind", tag="text"):
    text: str
    verbatim: bool = False
    style: dict[str, str] | None = None


def test_the_stand_in_writes_what_msgspec_writes() -> None:
    for options in ({"text": "é"}, {"text": "x", "verbatim": True}, {"text": "x", "style": {"color": "red"}}):
        plain = json.dumps(PlainWords(**options).to_builtins(), separators=(",", ":"), ensure_ascii=False).encode()
        assert plain == to_json(schema.Words(**options))  # type: ignore[arg-type]


def test_recording_works_without_msgspec(tmp_path: Path) -> None:
    """On a machine that has little more than torch the trace is the same, but for times."""
    (tmp_path / "talk.py").write_text(
        "from tracer import text, table\ndef main():\n    text('# T $x$')\n    table({'a': [1, 2.0]})\n"
        "    x = {'a': [1.0, None, b'z']}  # @inspect x\n    raise ValueError('no')\n"
    )
    outcomes = []
    for name, prelude in (("with", ""), ("without", "sys.modules['msgspec'] = None; ")):
        code = f"import sys; {prelude}sys.argv[0] = 'execute.py'; sys.path.insert(0, {str(ROOT)!r}); import execute; "
        code += f"sys.exit(execute.main(['-m', {str(tmp_path / 'talk.py')!r}, '-o', {str(tmp_path / name)!r}]))"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert ran.returncode == 1, ran.stderr
        assert "ValueError: no" in ran.stderr
        trace = read_trace(tmp_path / name / "talk.json")
        assert trace.summary.outcome.status == "failed"
        shape = [trace.steps.statement, trace.steps.call, trace.steps.end, trace.calls, trace.bindings, trace.shown]
        outcomes.append([*shape, trace.files, trace.strings, trace.values, trace.outputs, trace.failures])
    assert outcomes[0] == outcomes[1]


def test_threads_may_be_the_first_to_read_a_trace() -> None:
    code = (
        f"import sys, threading; sys.setswitchinterval(1e-6); sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from tracer.format.reader import read_trace\n"
        "from tracer.server.sources import files_in\n"
        f"folder = Path({str(ROOT / 'tests/golden')!r})\n"
        f"newest = folder / 'v{schema.VERSION}.json'\n"
        "together = threading.Barrier(12)\n"
        "def read():\n"
        "    together.wait()\n"
        "    assert files_in(newest.read_bytes()) and read_trace(newest).files\n"
        "threads = [threading.Thread(target=read) for _ in range(12)]\n"
        "[thread.start() for thread in threads]\n"
        "[thread.join() for thread in threads]\n"
        "print('read')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "read\n"), ran.stderr
