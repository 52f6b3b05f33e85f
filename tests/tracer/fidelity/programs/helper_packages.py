"""Calls back and forth between the lecture and packages beside it."""

import helpers
from helpers.deep import bottom, deeper


def half(n):
    return n / 2


def back(n):
    return deeper.call_back(half, n) + 1


def main():
    print(helpers.scaled(2))
    print(deeper.measure(3))
    print(deeper.call_back(back, 8))
    try:
        bottom.fail(1)
    except ArithmeticError as error:
        print(error)
