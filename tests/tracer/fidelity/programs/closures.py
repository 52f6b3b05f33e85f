"""Closures: variables that several calls share, rebound from within and from without."""


def counter():
    count = 0

    def up(by=1):
        nonlocal count
        count += by
        return count

    def value():
        return count

    return up, value


def made_in_a_comprehension():
    adders = [lambda x, n=n: x + n for n in range(2)]
    return [add(10) for add in adders]


def late():
    functions = []
    for i in range(2):
        functions.append(lambda: i)
    return [f() for f in functions]


def three_levels():
    x = 1

    def middle():
        def inner():
            nonlocal x
            x += 1
            return x

        return inner() + x

    return middle(), x


def main():
    up, value = counter()
    up()
    up(5)
    print(value())  # @inspect value()
    other, _ = counter()
    print(other(), value())
    print(made_in_a_comprehension(), late(), three_levels())
