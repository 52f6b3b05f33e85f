"""A module whose import does something: a table that functions fill."""


def entry(n):
    return n * n


TABLE = {n: entry(n) for n in range(3)}

for key in TABLE:
    last = entry(key)

print("busy imported")
