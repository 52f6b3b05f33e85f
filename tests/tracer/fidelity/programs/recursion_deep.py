"""Recursion to depth 900, on the way down and on the way back, and an exception through 100 calls."""


def down(n):
    return 1 + down(n - 1) if n else 0


def fall(n):
    if n == 0:
        raise LookupError("landed")
    fall(n - 1)


def main():
    print(down(900))
    try:
        fall(100)
    except LookupError as error:
        print(error)
