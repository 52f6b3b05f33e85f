"""Operators that the program defines: arithmetic, reflected, in place, comparison, containers, calls, formatting."""


class Vector:
    def __init__(self, *items):
        self.items = items

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(*(a + b for a, b in zip(self.items, other.items)))

    def __rmul__(self, k):
        return Vector(*[k * a for a in self.items])

    def __iadd__(self, other):
        self.items += other.items
        return self

    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self.items, other.items))

    def __neg__(self):
        return -1 * self

    def __eq__(self, other):
        return self.items == other.items

    def __getitem__(self, i):
        return self.items[i]

    def __len__(self):
        return len(self.items)

    def __bool__(self):
        return any(self.items)

    def __contains__(self, x):
        return x in self.items

    def __call__(self, x):
        return x * len(self)

    def __format__(self, spec):
        return spec + ",".join(map(str, self.items))


def main():
    v, w = Vector(1, 2), Vector(3, 4)
    print(f"{v + w:v=}", v @ w)
    print((2 * v).items, (-v).items)
    v += w
    print(v == Vector(1, 2, 3, 4), v[1], len(v), 3 in v, v(2))
    if v and not Vector(0):
        print("true", v[1:3])
    try:
        v + 1
    except TypeError:
        print("no sum")
