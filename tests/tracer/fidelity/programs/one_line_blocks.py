"""Blocks on the line of their header, and several statements on a line: one step a turn of the line's first statement."""


def touch(seen, x):
    seen.append(x)
    return x


def main():
    seen = []
    for i in range(3): touch(seen, i)
    while len(seen) < 6: seen.append("w")
    if seen: a = 1; b = 2
    else: a = 3
    for i in range(2): print(i); touch(seen, i)
    try: x = seen[10]
    except IndexError: x = None
    finally: b += a
    def one_line(x): return x + 1
    class OneLine: field = 5
    with open(__file__) as file: first = file.readline()
    c = 1; d = touch(seen, c); e = c + d
    print(len(seen), one_line(b), OneLine.field, first[:3], e, x)  # @inspect seen
