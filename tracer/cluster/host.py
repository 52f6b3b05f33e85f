"""The login node: scripts of bash run on it by the user's own ssh, and what they print brought back whole or not at all.

Every answer lies between two marks that nobody else prints, since a shell may greet and a connection may end in the middle.
Every call ends: ssh notices a silent peer (ServerAlive), and a clock of our own notices an ssh that hangs, such as one
that waits for a master connection which has stopped.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracer.cluster.messages import ssh_problem

__all__ = ["Answer", "Host", "Lost", "Unreachable", "quote"]

quote = shlex.quote
PATIENCE = 40.0
"""Seconds that a script may take, unless its caller says otherwise."""
AT_THE_PROMPT = 180.0
"""Seconds for a person to type a password or a code."""
LIVELY = ("ServerAliveInterval=15", "ServerAliveCountMax=3", "ConnectTimeout=15")


class Unreachable(Exception):
    """The login node cannot be reached, and trying again will not help. The message is a sentence."""


class Lost(Exception):
    """The connection was lost. What the script did is not known: it may have run, in part or whole."""


@dataclass(frozen=True)
class Answer:
    code: int
    out: bytes
    noise: str = ""
    """What the shell printed before the script began."""

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "replace").strip()


class Host:
    """Runs scripts on the host that ssh knows as `name`, or, for None, on this machine."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.noise = ""
        """What the user's shell prints before anything that it was asked for."""
        self._setting: str | None = None
        self._socket: Path | None = None
        self._shared = False

    def connect(self, may_ask: bool = True) -> None:
        """Log in once, for all that follows; `may_ask`: for a password, at a terminal. Raises Unreachable and Lost."""
        if self.name is None:
            return
        if self._own_master():
            self._shared = True
            return
        folder = _private_folder()
        self._socket = folder / hashlib.sha256(self.name.encode()).hexdigest()[:16] if folder else None
        asks = may_ask and sys.stdin is not None and sys.stdin.isatty()
        command = ["ssh", *self.options(batch=not asks, master=True), self.name, "true"]
        with tempfile.TemporaryFile() as said:  # a pipe would be held open by the master, which stays
            try:
                process = subprocess.run(
                    command,
                    stdin=None if asks else subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    timeout=AT_THE_PROMPT if asks else PATIENCE,
                    start_new_session=not asks,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                self._forget_master()
                raise Lost(f"{self.name} did not answer in time") from None
            except FileNotFoundError:
                raise Unreachable("There is no `ssh` on this machine: install OpenSSH's client.") from None
            said.seek(0)
            told = said.read().decode("utf-8", "replace")
        if process.returncode == 255:
            problem, final = ssh_problem(self.name, told)
            raise (Unreachable if final else Lost)(problem)
        if self._socket is not None and not self._socket.exists():
            self._socket = None  # no master is to be had here: every call connects for itself

    def options(self, batch: bool = True, master: bool = False) -> list[str]:
        """What ssh is told, by us and by rsync."""
        wanted = [*LIVELY]
        if batch:
            wanted.append("BatchMode=yes")
        if self._socket is not None and not self._shared:
            wanted += [f"ControlPath={self._socket}", f"ControlMaster={'auto' if master else 'no'}"]
            wanted += ["ControlPersist=120"] if master else []
        return [word for option in wanted for word in ("-o", option)]

    def run(self, script: str, patience: float = PATIENCE) -> Answer:
        """What the script printed, and its exit status. Raises Lost and Unreachable."""
        if self._socket is not None and not self._socket.exists():
            self.connect(may_ask=False)
        if self._setting is None:
            self._learn()
        answer = self._answer(f"{self._setting}{script}", patience)
        self.noise = self.noise or answer.noise.strip()
        return answer

    def _learn(self) -> None:
        """Ask once what a login shell would set, where Slurm is, for one: profiles may take a second, and scripts are many."""
        asked = 'bash -lc \'printf "\\n%s %s\\n" PATH "$PATH" SLURM_CONF "$SLURM_CONF"\' </dev/null 2>/dev/null'
        said = dict(line.split(" ", 1) for line in self._answer(asked, PATIENCE).text.splitlines() if " " in line)
        known = {name: said[name] for name in ("PATH", "SLURM_CONF") if said.get(name)}
        self._setting = "".join(f"export {name}={quote(value)}\n" for name, value in known.items())

    def _answer(self, script: str, patience: float) -> Answer:
        mark = f"<{secrets.token_hex(8)}>"
        whole = f"printf '%s\\n' '{mark}'\n(\n{script}\n) </dev/null\nprintf '%s %d\\n' '{mark}' $?\nexit 0\n"
        command = ["bash", "-s"] if self.name is None else ["ssh", *self.options(), self.name, "exec bash -s"]
        try:
            process = subprocess.run(
                command,
                input=whole.encode(),
                capture_output=True,
                timeout=patience,
                start_new_session=True,  # Ctrl-C is for us: it must not cut an answer in two
                check=False,
            )
        except subprocess.TimeoutExpired:
            self._forget_master()
            raise Lost(f"{self.name} did not answer within {patience:.0f} s") from None
        except FileNotFoundError as missing:
            raise Unreachable(f"There is no `{missing.filename}` on this machine.") from None
        except OSError as error:
            raise Lost(f"ssh could not be started: {error.strerror}") from None
        marked = mark.encode()
        noise, began, rest = process.stdout.partition(marked + b"\n")
        out, ended, code = rest.rpartition(marked + b" ")
        if began and ended and code.strip().isdigit():
            return Answer(int(code), out, noise.decode("utf-8", "replace"))
        told = process.stderr.decode("utf-8", "replace")
        if process.returncode == 255 or began or self.name is None:
            problem, final = ssh_problem(self.place, told)
            raise (Unreachable if final and not began else Lost)(problem)
        raise Unreachable(
            f"No bash answers on {self.place}: {' '.join((told or process.stdout.decode('utf-8', 'replace')).split())[:300]}"
        )

    @property
    def place(self) -> str:
        return self.name or "this machine"

    def rsync_words(self) -> list[str]:
        """What rsync must be told to reach the host the same way."""
        return [] if self.name is None else ["-e", shlex.join(["ssh", *self.options()])]

    def at(self, path: str) -> str:
        """A path on the host, as rsync takes it."""
        return path if self.name is None else f"{self.name}:{path}"

    def _own_master(self) -> bool:
        """Whether the user has an open master connection of their own, which is then used as it is."""
        return self._ssh_control("check", ()) == 0

    def _forget_master(self) -> None:
        """A master that hangs is left behind; the next call connects anew."""
        if self.name is None or self._shared or self._socket is None:
            return
        options = self.options()
        if self._ssh_control("check", options) is None or self._ssh_control("exit", options) is None:
            with suppress(OSError):
                self._socket.unlink()

    def _ssh_control(self, what: str, options: Sequence[str]) -> int | None:
        """The exit status of `ssh -O`; None when it hangs."""
        with suppress(OSError):
            try:
                return subprocess.run(
                    ["ssh", *options, "-O", what, str(self.name)],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=3,
                    start_new_session=True,
                    check=False,
                ).returncode
            except subprocess.TimeoutExpired:
                return None
        return 1


def _private_folder() -> Path | None:
    """Where the sockets lie: nobody else may enter, and its name is short, since a socket's may have 108 bytes at most."""
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):
        if not parent or len(parent) > 40:
            continue
        folder = Path(parent) / f"lectures-{os.getuid()}"
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            status = folder.lstat()
            if (
                folder.is_dir()
                and not folder.is_symlink()
                and status.st_uid == os.getuid()
                and not status.st_mode & 0o077
            ):
                return folder
    return None
