"""Managers made by contextlib: generators behind a decorator, stacks, suppress, as a decorator."""

from contextlib import ExitStack, closing, contextmanager, suppress


@contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name.upper()
    finally:
        print(f"</{name}>")


@contextmanager
def forgiving():
    try:
        yield
    except ValueError as error:
        print("forgiven", error)


class Door:
    def close(self):
        print("door closed")


@tag("f")
def tagged(x):
    return x + 1


def main():
    with tag("a") as a, tag("b") as b:
        print(a, b)
    with forgiving():
        raise ValueError("once")
    with suppress(KeyError):
        {}["missing"]
    with closing(Door()):
        pass
    with ExitStack() as stack:
        names = [stack.enter_context(tag(name)) for name in "xy"]
        stack.callback(print, "called back")
    try:
        with tag("c"):
            raise KeyError("through")
    except KeyError:
        print("out")
    return tagged(1), names
