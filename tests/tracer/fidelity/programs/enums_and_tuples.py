"""Enumerations and named tuples with methods of the program's own."""

from collections import namedtuple
from enum import Enum, auto
from typing import NamedTuple


class Color(Enum):
    RED = 1
    GREEN = 2

    def next(self):
        return Color(self.value % 2 + 1)

    @classmethod
    def _missing_(cls, value):
        return cls.RED


class Spot(NamedTuple):
    x: int
    y: int = 0

    def moved(self, dx):
        return self._replace(x=self.x + dx)


def main():
    print(Color.RED.next().name, Color("unknown").name)
    for color in Color:
        print(color.value)
    spot = Spot(1).moved(2)  # @inspect spot
    Pair = namedtuple("Pair", "left right")
    pair = Pair(left=1, right=spot)  # @inspect pair

    class Level(Enum):
        def _generate_next_value_(name, start, count, last_values):
            return name.lower()

        LOW = auto()
        HIGH = auto()

    print(pair.right.x, Level.LOW.value)
