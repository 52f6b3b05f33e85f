"""Exceptions that leave a callback, pass through the library, and arrive at the statement that called it."""

import functools
import re


def key(word):
    if word == "bad":
        raise ValueError(f"no key for {word}")
    return len(word)


def replace(match):
    return {"a": "A"}[match.group()]


def add(a, b):
    return a + b


class Awkward:
    def __eq__(self, other):
        raise ArithmeticError("cannot compare")

    def __len__(self):
        return -1

    def __iter__(self):
        return iter(key, "bad")


def main():
    try:
        sorted(["ok", "bad", "fine"], key=key)
    except ValueError as error:
        print(error)
    try:
        re.sub("[ab]", replace, "aab")
    except KeyError as error:
        print(error)
    try:
        print([key(word) for word in ("one", "bad", "two")])
    except ValueError as error:
        print(error)
    try:
        functools.reduce(add, [1, "2"])
    except TypeError:
        print("no sum")
    try:
        Awkward() in [Awkward()]
    except ArithmeticError as error:
        print(error)
    try:
        len(Awkward())
    except ValueError:
        print("no length")
    print(any(key(word) > 3 for word in ("fine", "bad")))
