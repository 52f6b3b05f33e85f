"""Names that came by a star-import run in their own file."""

from helpers.shapes import *


def main():
    print(area(3))
    print(side(2), "hidden" in globals())
