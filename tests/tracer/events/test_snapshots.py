"""Looking at variables keeps nothing alive, and changes none of them."""

from pathlib import Path

import pytest

from tests.tracer.recording import record

PROGRAM = """
import weakref

class Thing:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print("gone", self.name)

def deleted():
    x = Thing("x")  # @inspect x
    del x; print("after x")

def in_a_closure():
    y = Thing("y")  # @inspect y
    held = lambda: y
    del held; y = None; print("after y")

def argument(z):
    z = None; print("after z")

def in_a_generator():
    a = Thing("a")  # @inspect a
    yield 1
    del a; print("after a")

def in_a_class():
    class Body:
        b = Thing("b")  # @inspect b
        del b; print("after b")
        c = 1
    print(Body.c)

def given_a_name_by_exec():
    exec("named = 3")
    d = 1  # @inspect d
    exec("print(named)")

def main():
    deleted(); in_a_closure(); argument(Thing("z")); list(in_a_generator()); in_a_class()
    EXEC
"""

WANTED = "gone x\nafter x\ngone y\nafter y\ngone z\nafter z\ngone a\nafter a\ngone b\nafter b\n1\n"


@pytest.mark.parametrize("records_locals", [False, True])
def test_what_is_deleted_is_gone_though_it_was_looked_at(tmp_path: Path, records_locals: bool) -> None:
    source = PROGRAM.replace("EXEC", "")
    assert record(tmp_path, source, inspect_all=records_locals).printed() == WANTED


def test_what_exec_has_named_stays_where_exec_keeps_such_names(tmp_path: Path) -> None:
    """Until Python 3.13, in a dictionary of the frame, for the next `exec` to find."""
    untraced: dict[str, object] = {}
    try:
        exec(PROGRAM.replace("EXEC", ""), untraced)
        untraced["given_a_name_by_exec"]()  # type: ignore[operator]
    except NameError:
        pytest.skip("this Python keeps no such names")
    assert record(tmp_path, PROGRAM.replace("EXEC", "given_a_name_by_exec()")).printed() == WANTED + "3\n"
