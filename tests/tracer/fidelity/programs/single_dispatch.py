"""Functions chosen by the type of their argument."""

from functools import singledispatch, singledispatchmethod


@singledispatch
def show(value):
    return f"something {value}"


@show.register
def _(value: int):
    return f"int {value}"


@show.register(list)
def show_list(value):
    return [show(item) for item in value]


class Printer:
    @singledispatchmethod
    def put(self, value):
        return "?"

    @put.register
    def _(self, value: str):
        return value


def main():
    print(show(1))
    print(show(2.5), show([1, "a"]))
    print(Printer().put("s"), Printer().put(1))

    @singledispatch
    def local(x):
        return "any"

    @local.register(bool)
    def local_bool(x):
        return "bool"

    return local(True), local(3)
