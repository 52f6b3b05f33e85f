"""A tight loop: 20,002 steps, two a turn, and nothing to look at."""


def main() -> None:
    total = 0
    for number in range(10_000):
        total += number
