"""Generators that make generators: a walk over a tree, and permutations."""


def walk(tree):
    if isinstance(tree, list):
        for child in tree:
            yield from walk(child)
    else:
        yield tree


def permutations(items):
    if len(items) <= 1:
        yield tuple(items)
        return
    for i, item in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1 :]):
            yield (item, *rest)


def main():
    leaves = list(walk([1, [2, [3]], 4]))  # @inspect leaves
    for p in permutations([1, 2]):
        print(p)
    return leaves
