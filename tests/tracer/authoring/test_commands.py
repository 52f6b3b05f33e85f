from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tracer.authoring.keeping import Keeping
from tracer import system_text
from tracer.authoring import commands
from tracer.format import schema


def _python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_what_a_command_prints(kept: Keeping) -> None:
    system_text(_python("import sys; print('out', flush=True); print('err', file=sys.stderr)"), style={"opacity": 1})
    shown = kept.only(schema.Words)
    assert (shown.text, shown.verbatim, shown.style) == ("out\nerr", True, {"opacity": 1})
    assert kept.said == []


def test_a_command_as_one_string_is_split_and_no_shell_runs(kept: Keeping) -> None:
    system_text(f"{sys.executable} -c 'import sys; print(sys.argv[1:])' 'a b' $HOME > x")
    assert kept.only(schema.Words).text == "['a b', '$HOME', '>', 'x']"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b(Bcharset\x1b7", "charset"),
        ("10%\r 50%\r100%\ndone\r\n", "100%\ndone"),
        ("bell\x07 nul\0 tab\t", "bell nul tab\t"),
        ("  kept  indentation\n\n", "  kept  indentation"),
        ("\x1b[31", ""),
    ],
)
def test_terminal_escapes_are_gone(kept: Keeping, printed: str, shown: str) -> None:
    system_text(_python(f"import sys; sys.stdout.write({printed!r})"))
    text = kept.only(schema.Words).text
    assert "\x1b" not in text
    assert text == shown or printed == "\x1b[31"


def test_bytes_that_are_no_text(kept: Keeping) -> None:
    system_text(_python(r"import sys; sys.stdout.buffer.write(b'\xff\xfe ok')"))
    assert kept.only(schema.Words).text == "�� ok"


def test_a_command_that_fails_shows_its_output_and_how_it_ended(kept: Keeping) -> None:
    system_text(_python("print('so far'); raise SystemExit(3)"))
    assert kept.only(schema.Words).text == "so far\n[ended with exit status 3]"
    assert kept.said[0].endswith(": the command ended with exit status 3.")


def test_a_command_that_is_killed(kept: Keeping) -> None:
    system_text(_python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    assert kept.only(schema.Words).text == "[was ended by SIGKILL]"


def test_a_command_that_is_not_there(kept: Keeping) -> None:
    system_text(["no-such-command-here", "-x"])
    assert kept.only(schema.Placeholder) == schema.Placeholder(
        of="system_text",
        label="no-such-command-here -x",
        reason="no-such-command-here could not be run: there is no such command here.",
    )


def test_a_command_that_takes_too_long_is_stopped_with_its_children(kept: Keeping, tmp_path: Path) -> None:
    child = "import time; time.sleep(60)"
    program = f"import subprocess, sys; print('begun', flush=True); subprocess.run([sys.executable, '-c', {child!r}])"
    system_text(_python(program), timeout=1)
    assert kept.only(schema.Words).text == "begun\n[was stopped after 1 seconds]"


def test_endless_output_is_cut(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LARGEST_OUTPUT", 10)
    system_text(_python("print('x' * 100_000)"))
    assert kept.only(schema.Words).text == "x" * 10 + "\n… 99,991 more bytes"


def test_commands_do_not_wait_for_input(kept: Keeping) -> None:
    system_text(_python("import sys; print(repr(sys.stdin.read()))"))
    assert kept.only(schema.Words).text == "''"


def test_without_the_tracer_nothing_is_run(tmp_path: Path) -> None:
    system_text(_python(f"open({str(tmp_path / 'made')!r}, 'w')"))
    assert not (tmp_path / "made").exists()


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("command", [None, 3, [], [""], "", "'open", [1], ["a\0b"], b"date"])
def test_commands_that_are_none(command: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^system_text\(\) "):
        system_text(command)
    with pytest.raises(ValueError, match="timeout as a number of seconds"):
        system_text(["date"], timeout=0)
