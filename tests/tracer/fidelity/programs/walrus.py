"""Assignment expressions, in conditions, loops and comprehensions."""


def read(chunks):
    return chunks.pop(0) if chunks else None


def main():
    chunks = ["ab", "c", "def"]
    total = 0
    while (chunk := read(chunks)) is not None:
        total += len(chunk)  # @inspect total
    if (n := total) > 5 and (m := n * 2):
        print(n, m)
    lengths = [size for word in ("a", "bcd") if (size := len(word)) > 1]  # @inspect lengths
    print(size, (y := 3) + y)
    return any((found := x) > 1 for x in (1, 2, 3)), found
