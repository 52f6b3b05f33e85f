"""Calls of all kinds, for the tests: deep recursion, a loop of like calls, long functions, an exception."""

import sys

from tracer import text


def main() -> None:
    text("# Deep calls")
    sys.setrecursionlimit(5000)
    text("A function that calls itself a thousand times:")
    deep = depth_of(1000)  # @inspect deep
    text("A loop that calls one function again and again:")
    total = 0
    for turn in range(200):
        total = add(total, square(turn))  # @inspect total
    text("A function with a long body:")
    kind = classify(7)  # @inspect kind
    text("One that fails, and is caught:")
    try:
        broken(3)
    except ValueError:
        kind = "none"


def depth_of(n: int) -> int:
    if n == 0:
        return 0
    return 1 + depth_of(n - 1)


def add(a: int, b: int) -> int:
    return a + b


def square(x: int) -> int:
    return x * x


def classify(number: int) -> str:
    """What kind of number it is.

    Told by its remainder.
    """
    rest = number % 6  # @inspect rest
    if rest == 0:
        return "six"
    if rest == 1:
        small = square(rest)  # @inspect small
        one = add(small, 0)
        return f"one {one}"
    if rest == 2:
        return "two"
    if rest == 3:
        return "three"
    if rest == 4:
        return "four"
    return "five"


def unused(number: int) -> str:
    """Never called."""
    if number == 1:
        return "one"
    if number == 2:
        return "two"
    if number == 3:
        return "three"
    if number == 4:
        return "four"
    if number == 5:
        return "five"
    if number == 6:
        return "six"
    return "more"


def broken(depth: int) -> None:
    if depth == 0:
        raise ValueError("at the bottom")
    broken(depth - 1)
