"""else and finally, on every way out of a try."""


def run(action):
    try:
        print("try")
        result = action()
    except ValueError:
        print("except")
        result = -1
    else:
        print("else")
        result += 1
    finally:
        print("finally")
    return result


def good():
    return 1


def bad():
    raise ValueError("bad")


def worse():
    raise KeyError("worse")


def only_finally(n):
    try:
        if n:
            return "early"
        n = 5
    finally:
        print("cleaning", n)
    return "late"


def nested():
    try:
        try:
            bad()
        finally:
            print("inner finally")
    except ValueError:
        try:
            worse()
        except KeyError:
            print("inner handler")
        return "handled"
    finally:
        print("outer finally")


def main():
    print(run(good))
    print(run(bad))
    try:
        run(worse)
    except KeyError as error:
        print("main", error)
    print(only_finally(0), only_finally(1))
    print(nested())
