"""Functions that remember: a call that is answered from memory runs nothing."""

from functools import cache, cached_property, lru_cache


@cache
def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


@lru_cache(maxsize=1)
def slow(x):
    print("computing", x)
    return x * 10


class Data:
    @cached_property
    def size(self):
        print("measuring")
        return 7


def main():
    print(fibonacci(5), fibonacci.cache_info().hits)
    for x in (1, 1, 2, 1):
        slow(x)
    data = Data()
    print(data.size, data.size)
