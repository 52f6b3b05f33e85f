"""A package of the lectures beside the programs."""

from helpers.shapes import area

SCALE = 10


def scaled(n):
    return SCALE * area(n)
