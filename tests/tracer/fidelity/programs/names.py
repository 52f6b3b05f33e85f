"""del, global, and names that come and go."""

total = 0


def add(n):
    global total, last
    total += n
    last = n


def unbound():
    if total < 0:
        x = 1
    try:
        print(x)
    except UnboundLocalError:
        print("x is not bound")
    y = 1
    del y
    try:
        y
    except NameError as error:
        print(type(error).__name__)


def main():
    add(2)
    add(3)
    print(total, last)
    unbound()
    items = [1, 2, 3, 4]
    del items[0], items[-1]  # @inspect items
    table = {"a": 1}
    del table["a"]
    a = b = c = len(items)
    a, (b, *c) = 1, (2, 3, 4)  # @inspect a b c
    a, b = b, a
    print(a, b, c, table, __name__.split(".")[-1])
