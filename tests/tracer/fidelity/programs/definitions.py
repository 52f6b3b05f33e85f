"""What a def statement itself evaluates: defaults, annotations, type names."""


def default(x):
    print("default", x)
    return x


def kind(name):
    print("kind", name)
    return int


def main():
    def f(
        a,
        b=default(1),
        *rest: kind("rest"),
        c: kind("c") = default(2),
        **more,
    ) -> kind("return"):
        return a + b + c

    def g(a, /, b, *, c=default(3)): return a, b, c

    total = f(1) + f(1, 2, c=3)  # @inspect total
    g(1, b=2)
    x: kind("x") = 1
    print(total, f.__kwdefaults__, x)
    return (lambda a, b=default(4): a * b)(2)
