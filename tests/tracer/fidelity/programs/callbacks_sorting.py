"""Functions that sorting, min and max call: children of the statement that sorts."""

import functools
import heapq
from itertools import groupby
from operator import attrgetter


def by_length(word):
    return len(word)


def compare(a, b):
    if a < b:
        return -1
    return a > b


class Version:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n


def main():
    words = ["ccc", "a", "bb"]
    print(sorted(words, key=by_length))
    words.sort(key=lambda w: -by_length(w))
    print(words, max(words, key=by_length))
    print(sorted([3, 1], key=functools.cmp_to_key(compare)))
    print([v.n for v in sorted([Version(2), Version(1)])])
    print([(k, list(g)) for k, g in groupby(["a", "b", "cc"], by_length)])
    heap = [Version(1)]
    heapq.heappush(heap, Version(0))
    return min(heap, key=attrgetter("n")).n
