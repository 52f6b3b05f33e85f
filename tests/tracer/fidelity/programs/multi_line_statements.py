"""Statements over several lines are one step each, wherever their parts stand."""


def double(x):
    return 2 * x


def main():
    total = (
        1
        + double(2)
        + double(
            3,
        )
    )  # @inspect total
    names = {
        "first": double(1),
        "second": [
            double(2),
            3,
        ],
    }  # @inspect names
    a, b = (
        total,
        len(names),
    )
    if (
        a > 1
        and b > 1
        and double(a)
    ):
        print(
            a,
            b,
        )
    long = "one " \
        "two"
    assert (
        long
    ), "never"
    while (
        a > 10
        and b
    ):
        a -= (
            10
        )
    return (
        a,
        b,
    )
