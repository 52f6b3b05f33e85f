"""Comprehensions are part of their statement; what they call lies below it."""


def square(x):
    return x * x


def odd(x):
    return x % 2 == 1


def main():
    squares = [square(x) for x in range(3)]  # @inspect squares
    grid = [
        [
            square(x) + y
            for x in range(2)
        ]
        for y in range(2)
    ]  # @inspect grid
    kept = {
        x
        for x in range(4)
        if odd(x)
    }  # @inspect kept
    by_name = {str(square(x)): x for x in range(2)}  # @inspect by_name
    flat = [x for row in grid for x in row if not odd(x)]  # @inspect flat
    x = "untouched"
    [x for x in range(3)]
    print(x, sum(square(y) for y in range(3)))
    lazy = (square(y) for y in range(3))
    first = next(lazy)  # @inspect first
    rest = list(lazy)  # @inspect rest
    return [(a, b) for a in range(2) for b in range(a)]
