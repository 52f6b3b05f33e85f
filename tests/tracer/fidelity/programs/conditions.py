"""if, elif, else, conditional expressions, and operators that stop early."""


def test(name, value):
    print(name)
    return value


def grade(n):
    if n > 90:
        return "A"
    elif n > 80:
        return "B"
    elif (
        n > 70
        or test("or", n == 42)
    ):
        return "C"
    else:
        pass
    return "F"


def main():
    print([grade(n) for n in (95, 85, 75, 42, 1)])
    x = test("yes", 1) if test("condition", True) else test("no", 2)
    y = test("a", 0) or test("b", 5) and test("c", 6)  # @inspect y
    if not test("not", False): x += 1
    if x:
        if y:
            if test("inner", False):
                x = 0
        else:
            x = 1
    low = 0 < test("chained", x) < 2 < test("never", 3)
    return low
