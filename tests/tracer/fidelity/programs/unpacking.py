"""Starred arguments, unpacked displays, keyword arguments from mappings."""


class Keys:
    def keys(self):
        return ["a", "b"]

    def __getitem__(self, key):
        return key * 2


def values():
    yield 1
    yield 2


def show(*args, **options):
    return args, options


def main():
    print(show(*values(), 3, **Keys()))
    print([*values(), *values()], {**Keys(), "c": 1})
    a, b = values()
    (a, *b), c = values(), 5  # @inspect a b c
    for i, (x, y) in enumerate([(1, 2), (3, 4)]):
        print(i, x, y)
    for [*parts] in ["ab"]:
        print(parts)
    try:
        a, b, c = values()
    except ValueError:
        print("too few")
    return dict(zip("xy", values()))
