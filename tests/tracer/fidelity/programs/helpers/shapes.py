"""Functions for star-imports; `__all__` leaves one out."""

__all__ = ["area", "side"]


def area(n):
    return side(n) * side(n)


def side(n):
    return n


def hidden():
    return "hidden"
