"""Decorators: one step for the whole stack of them, their calls from the bottom up."""

import functools


def trace_calls(f):
    @functools.wraps(f)
    def wrapper(*args):
        result = f(*args)
        print(f.__name__, args, result)
        return result

    return wrapper


def registered(registry):
    def decorate(f):
        registry.append(f.__name__)
        return f

    return decorate


class Counted:
    def __init__(self, f):
        self.f = f
        self.count = 0
        self.__name__ = f.__name__

    def __call__(self, *args):
        self.count += 1
        return self.f(*args)


def main():
    registry = []

    @trace_calls
    def add(a, b):
        return a + b

    @registered(registry)
    @trace_calls
    @Counted
    def scale(
        x,
        factor=3,
    ):
        return x * factor

    @registered(
        registry,
    )
    class Thing:
        size = 1

    add(1, 2)
    scale(4)
    print(registry, Thing.size)
