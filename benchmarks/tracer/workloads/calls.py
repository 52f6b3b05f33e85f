"""Calls and little else: naive Fibonacci, 3,193 visible calls of two steps each."""


def fib(n: int) -> int:
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def main() -> None:
    fib(16)
