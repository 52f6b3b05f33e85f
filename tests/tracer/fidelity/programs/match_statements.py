"""match: cases are looked at in order, with their guards, until one takes the subject."""

from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


def is_big(n):
    return n > 10


def describe(value):
    match value:
        case 0 | 1:
            return "small"
        case int(n) if is_big(n):
            return f"big {n}"
        case int():
            return "int"
        case [first, *rest]:
            return f"list of {1 + len(rest)} from {first}"
        case {"kind": kind, **others}:
            return f"{kind} with {len(others)}"
        case Point(x=0, y=0):
            return "origin"
        case Point(
            x=x,
            y=y,
        ) if (
            x == y
        ):
            return "diagonal"
        case Point():
            return "point"
        case str() as text:
            return text.upper()
        case _:
            return "other"


def no_case(value):
    match value:
        case "a":
            value = "never"
        case "b":
            value = "never"
    return value


def main():
    values = [1, 11, 5, [1, 2], {"kind": "k", "x": 1}, Point(0, 0), Point(2, 2), Point(1, 2), "word", None]
    for value in values:
        print(describe(value))
    print(no_case("c"))
    match len(values), "x":
        case (10, letter): print("ten", letter)
