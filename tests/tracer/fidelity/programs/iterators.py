"""Iterators: every turn of a loop calls __next__, also the one that ends it."""


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


class Pages:
    def __init__(self, *pages):
        self.pages = pages

    def __iter__(self):
        for page in self.pages:
            yield page

    def __reversed__(self):
        return iter(self.pages[::-1])


class Indexed:
    def __getitem__(self, i):
        if i == 2:
            raise IndexError(i)
        return i * 10


def main():
    for n in Countdown(2):
        print(n)
    for page in Pages("a", "b"):
        print(page)
    print(list(reversed(Pages(1, 2))))
    first, *rest = Countdown(3)  # @inspect first rest
    for x in Indexed():
        print(x)
    a, b = Indexed()
    print(list(zip(Countdown(2), Pages("x", "y", "z"))), 10 in Indexed(), a + b)
    return next(Countdown(0), "empty")
