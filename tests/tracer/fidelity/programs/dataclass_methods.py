"""Data classes: what dataclasses generates is no file of the lecture's, what the lecture writes is."""

from dataclasses import dataclass, field, replace


def fresh():
    return []


@dataclass(order=True)
class Item:
    price: float
    name: str = field(compare=False)
    tags: list = field(default_factory=fresh)

    def __post_init__(self):
        self.name = self.name.strip()

    def total(self, n):
        return self.price * n


@dataclass(frozen=True, slots=True)
class Pair:
    a: int
    b: int = 2


def main():
    pen = Item(1.5, " pen ")  # @inspect pen
    ink = Item(4.0, "ink", ["blue"])
    print(pen < ink, max(pen, ink).name, pen.total(2), pen == replace(pen, name="p"))
    pair = Pair(1)  # @inspect pair
    try:
        pair.a = 5
    except AttributeError as error:
        print(type(error).__name__, hash(pair) == hash(Pair(1, 2)))

    @dataclass
    class Local:
        n: int = 3

        @property
        def twice(self):
            return 2 * self.n

    return Local().twice
