"""Exceptions thrown into generators, and generators that are closed: at a yield, before it, after the end."""


def patient():
    while True:
        try:
            x = yield
        except ValueError as error:
            print("survived", error)
        else:
            print("received", x)


def tidy():
    try:
        yield 1
        yield 2
    finally:
        print("tidied")


def plain():
    yield 1
    yield 2


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


def last_words():
    try:
        yield 1
    except GeneratorExit:
        print("goodbye")
        raise


def main():
    p = patient()
    next(p)
    p.throw(ValueError("one"))
    p.send(5)
    try:
        p.throw(KeyError("two"))
    except KeyError as error:
        print("came back", error)
    t = tidy()
    next(t)
    t.close()
    u = plain()
    next(u)
    u.close()
    u.close()
    never = plain()
    never.close()
    try:
        plain().throw(ValueError("at once"))
    except ValueError as error:
        print(error)
    s = stubborn()
    next(s)
    try:
        s.close()
    except RuntimeError as error:
        print(error)
    w = last_words()
    next(w)
    w.close()
    print("end")
