"""An exception that nobody handles ends the run; the handlers on the way have run."""


def inner(n):
    values = [1, 2, 3]
    return values[n]


def outer(n):
    try:
        return inner(n)
    finally:
        print("outer left")


def main():
    print(outer(1))
    x = outer(7)
    print("never", x)
