"""Random numbers come out as they do untraced, and calls that use them are where they should be."""

import random


def roll():
    return random.randint(1, 6)


def walk(n):
    x = 0
    for _ in range(n):
        x += random.choice((-1, 1))
    return x


def main():
    random.seed(7)
    print(random.random())
    rolls = [roll() for _ in range(3)]  # @inspect rolls
    items = list(range(5))
    random.shuffle(items)  # @inspect items
    own = random.Random(1)
    print(rolls, walk(2), items, own.random(), random.random(), hash((1, 2.5)))
