"""Scripts and their answers, on this machine: whole or not at all, whatever else is printed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tracer.cluster.cli import main
from tracer.cluster.host import Host, Lost, Unreachable
from tracer.cluster.settings import Sync
from tracer.cluster.sync import snapshot_words, would_upload


def test_an_answer_has_its_bytes_and_its_status() -> None:
    answer = Host(None).run("printf 'a\\0b\\n'; exit 3")
    assert (answer.out, answer.code) == (b"a\0b\n", 3)


def test_a_script_cannot_read_the_rest_of_itself() -> None:
    assert Host(None).run("cat; echo end").text == "end"


def test_an_answer_that_never_ends_is_lost() -> None:
    with pytest.raises(Lost, match="did not answer"):
        Host(None).run("sleep 60", patience=0.5)


def test_an_answer_that_breaks_off_is_lost() -> None:
    with pytest.raises(Lost):
        Host(None).run("echo half; kill -9 $$")


@pytest.fixture
def fake_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called ssh, which a test writes."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "ssh").touch()
    (tools / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path) if len(str(tmp_path)) <= 40 else "")
    return tools / "ssh"


def test_what_a_shell_prints_of_its_own_accord_is_no_answer(fake_ssh: Path) -> None:
    fake_ssh.write_text('#!/bin/sh\ncase "$*" in *-O*) exit 255;; *true) exit 0;; esac\necho Welcome; exec bash -s\n')
    host = Host("login")
    host.connect()
    assert host.run("echo hi").text == "hi"
    assert host.noise == "Welcome"


@pytest.mark.parametrize(
    ("says", "raised"),
    [
        ("Permission denied (publickey).", Unreachable),
        ("Connection timed out", Lost),
        ("Could not resolve hostname x", Unreachable),
    ],
)
def test_why_ssh_failed_decides_whether_to_try_again(fake_ssh: Path, says: str, raised: type[Exception]) -> None:
    fake_ssh.write_text(f"#!/bin/sh\necho '{says}' >&2; exit 255\n")
    with pytest.raises(raised):
        Host("login").connect()


def test_a_host_without_bash_says_so(fake_ssh: Path) -> None:
    fake_ssh.write_text(
        '#!/bin/sh\ncase "$*" in *-O*) exit 255;; *true) exit 0;; esac\necho "bash: not found" >&2; exit 127\n'
    )
    host = Host("login")
    host.connect()
    with pytest.raises(Unreachable, match="bash: not found"):
        host.run("true")


@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
def test_what_would_be_sent(tmp_path: Path) -> None:
    (tmp_path / "lectures/__pycache__").mkdir(parents=True)
    (tmp_path / "lectures/talk.py").write_text("x = 1\n")
    (tmp_path / "lectures/.secret").write_text("x")
    (tmp_path / "lectures/__pycache__/talk.pyc").write_text("x")
    assert would_upload(tmp_path, Sync()) == (1, 6)
    assert snapshot_words(tmp_path, Sync())[-1] == "./lectures"  # what is not there is not asked for


def test_a_mistake_on_the_command_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tracer.cluster.cli.PROJECT", tmp_path)
    assert main(["lecture_01"]) == 2
    assert "There is no lecture" in capsys.readouterr().err
    assert main(["statsu"]) == 2
    assert "did you mean `./remote_execute.sh status`?" in capsys.readouterr().err
    assert main([]) == 2
    assert "attach" in capsys.readouterr().err
    assert main(["attach"]) == 2
    assert main(["logs", "nothing"]) == 2
    assert main(["list"]) == 0
    assert "no run" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        main(["status", "--frobnicate"])
    assert ended.value.code == 2
