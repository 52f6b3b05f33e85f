"""Lambdas are part of the statement that runs them; what they call is called by it."""


def twice(x):
    return 2 * x


def apply(f, *args):
    return f(*args)


def main():
    f = lambda x: twice(x) + 1
    print(f(1))
    print(apply(f, 2))
    print(apply(lambda: 5))
    g = (
        lambda x,
        y=3: (
            twice(x)
            + y
        )
    )
    print(g(1), (lambda *a: sum(a))(1, 2))
    compose = lambda a, b: lambda x: a(b(x))
    print(compose(twice, f)(3))
    table = {"+": lambda a, b: a + b, "2": twice}
    return [table["+"](1, 2), table["2"](4)]
