"""Generators that are not run to their end: left by break, dropped, collected; and those that end oddly."""

import gc


def guarded(n):
    try:
        for i in range(n):
            yield i
    finally:
        print("closing", n)


def stops_wrongly():
    yield 1
    raise StopIteration("inside")


def returns_early():
    yield 1
    return "value"
    yield 2


def never_yields():
    if False:
        yield


def main():
    for i in guarded(5):
        if i == 1:
            break
    g = guarded(3)
    next(g)
    del g
    holder = {"g": guarded(4)}
    next(holder["g"])
    holder.clear()
    g = None
    gc.collect()
    try:
        for x in stops_wrongly():
            print(x)
    except RuntimeError as error:
        print(error, type(error.__cause__).__name__)
    g = returns_early()
    print(list(g), list(g))
    print(list(never_yields()))
    try:
        print(next(never_yields()))
    except StopIteration:
        print("empty")
    first, *_ = guarded(2)
    return any(x == 1 for x in guarded(3))
