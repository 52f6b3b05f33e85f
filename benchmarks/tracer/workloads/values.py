"""A loop of 18,002 steps, three a turn; after each, three small values are looked at, one of which is new."""


def main() -> None:
    a, b, c = 0, 0.0, ""
    for a in range(6_000):  # @inspect a b c
        b = a / 8 + len(c)  # @inspect a b c
        c = f"{b}"  # @inspect a b c
