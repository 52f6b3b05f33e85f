"""Functions handed to the library and called back from its midst."""

import re
from collections import defaultdict
from functools import partial, reduce
from itertools import accumulate, takewhile


def add(a, b):
    return a + b


def replace(match):
    found = match.group()
    return found.upper()


def is_small(n):
    return n < 3


def fresh():
    return 0


def feed(values=[3, 2, 1, 0]):
    return values.pop()


def main():
    print(reduce(add, [1, 2, 3]))
    print(re.sub("b+", replace, "abcbb"))
    print(list(map(add, [1, 2], [3, 4])), list(filter(is_small, [1, 5])))
    lazy = map(is_small, [1, 9])
    print(next(lazy))
    for small in lazy:
        print(small)
    counts = defaultdict(fresh)
    counts["a"] += 1
    print(list(takewhile(is_small, range(9))), list(accumulate([1, 2], add)))
    print(partial(add, 10)(5), list(iter(feed, 2)))
    return dict(counts)
