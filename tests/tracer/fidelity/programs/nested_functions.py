"""Functions defined in functions, called inside and handed out."""


def outer(x):
    def middle(y):
        def inner(z):
            return x + y + z

        return inner

    first = middle(1)
    second = middle(2)
    return first(10) + second(20)


def pipeline(*stages):
    def run(value):
        for stage in stages:
            value = stage(value)
        return value

    return run


def main():
    def double(x):
        return 2 * x

    print(outer(100))
    run = pipeline(double, str, len)
    print(run(50))

    def again(n):
        return n if n > 20 else again(double(n))

    return again(6)
