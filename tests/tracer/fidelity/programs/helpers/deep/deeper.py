"""A module two folders down, with relative imports."""

from ..shapes import area
from . import bottom


def measure(n):
    found = area(n) + bottom.floor(n)
    return found


def call_back(f, n):
    result = f(n)
    return result
