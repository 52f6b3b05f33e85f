"""yield from: what is sent and thrown goes through, what is returned comes back."""


def inner():
    try:
        a = yield "first"
        b = yield a
    except ValueError:
        return "failed"
    return a + b


def outer():
    x = yield from inner()
    print("inner said", x)
    y = yield from inner()
    print("inner said", y)
    yield from [7, 8]
    return x


def main():
    g = outer()
    print(next(g))
    print(g.send(1))
    print(g.send(2))
    print(g.throw(ValueError()))
    print(next(g))
    try:
        next(g)
    except StopIteration as stop:
        print(stop.value)
    h = outer()
    next(h)
    h.close()
