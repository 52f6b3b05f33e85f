"""Calls whose arguments, and whose chains, stand on lines of their own."""


class Query:
    def __init__(self, words):
        self.words = words

    def where(self, test):
        return Query([word for word in self.words if test(word)])

    def upper(self):
        return Query(
            [
                word.upper()
                for word in self.words
            ]
        )

    def text(self, *, join):
        return join.join(self.words)


def is_long(word):
    return len(word) > 2


def add(*numbers, scale=1):
    return scale * sum(numbers)


def main():
    text = (
        Query(["a", "line", "of", "words"])
        .where(is_long)
        .upper()
        .text(
            join="-",
        )
    )  # @inspect text
    n = add(
        add(1, 2),
        add(
            3,
            scale=add(
                1,
                1,
            ),
        ),
        scale=10,
    )  # @inspect n
    print(
        text,
        add(
            *range(3),
        ),
    )
    return n
