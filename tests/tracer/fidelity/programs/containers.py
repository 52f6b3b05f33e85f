"""What containers call: hashing, comparing, missing keys, indices, lengths, and a subclass of dict."""


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 2

    def __eq__(self, other):
        return self.n == other.n


class Defaults(dict):
    def __missing__(self, key):
        self[key] = len(key)
        return self[key]


class Position:
    def __index__(self):
        return 1


class Window:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        if isinstance(i, slice):
            return f"{i.start}:{i.stop}"
        return i

    def __setitem__(self, i, value):
        print("set", i, value)

    def __delitem__(self, i):
        print("deleted", i)


def main():
    table = {Key(1): "one", Key(3): "three"}
    print(table[Key(3)], Key(2) in table)
    print(len({Key(1), Key(1)}))
    defaults = Defaults(a=5)
    print(defaults["a"], defaults["long"], defaults.get("other"))
    print([10, 20, 30][Position()])
    window = Window()
    window[0] = "x"
    window[0] += 1
    del window[1:]
    print(window[:1], bool(window), window[-1])
