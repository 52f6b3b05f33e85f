"""Classes with slots."""


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


class Tagged(Point):
    __slots__ = ("tag",)


def main():
    p = Point(1, 2) + Point(3, 4)  # @inspect p.x p.y
    print(hasattr(p, "z"), p.__slots__)
    t = Tagged(0, 0)
    t.tag = "t"
    print(p.x, hasattr(t, "__dict__"), t.tag)
    del p.x
    print(hasattr(p, "x"))
