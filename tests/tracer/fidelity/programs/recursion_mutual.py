"""Functions that call each other, and themselves more than once."""


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def hanoi(n, a="a", b="b", c="c"):
    if n:
        hanoi(n - 1, a, c, b)
        print(a, "->", c)
        hanoi(n - 1, b, a, c)


def main():
    print(is_even(3))
    print(fibonacci(3))
    hanoi(2)
