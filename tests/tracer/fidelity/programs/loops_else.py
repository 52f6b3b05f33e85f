"""else of loops: run when a loop ends by itself, not when it is broken."""


def find(items, wanted):
    for i, item in enumerate(items):
        if item == wanted:
            found = i
            break
    else:
        found = None
    return found


def halve(n):
    while n > 1:
        if n % 2:
            print("odd", n)
            break
        n //= 2
    else:
        print("power of two")
    return n


def empty():
    for x in ():
        print("never")
    else:
        print("at once")
    while False:
        print("never")
    else:
        print("never ran")


def search(grid):
    for row in grid:
        for cell in row:
            if cell < 0:
                break
            if cell == 0:
                continue
        else:
            continue
        return cell


def main():
    print(find("abc", "b"), find("abc", "z"))
    halve(8)
    halve(6)
    empty()
    print(search([[1, 0], [2, -3], [4]]))
