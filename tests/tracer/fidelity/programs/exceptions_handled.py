"""try and except: the handlers that do not match are looked at, the first that does is taken."""


def fail(kind):
    raise kind("failed")


def attempt(kind):
    try:
        fail(kind)
    except (KeyError, IndexError) as error:
        return "lookup", type(error).__name__
    except ValueError:
        return "value"
    except Exception as error:
        text = str(error)
        return text
    else:
        return "nothing"


def in_place():
    try:
        x = 1 / 0
    except ZeroDivisionError as error:
        x = str(error)
    return x


def deep(n):
    if n == 0:
        raise OSError("bottom")
    deep(n - 1)
    print("never")


def main():
    for kind in (IndexError, ValueError, RuntimeError):
        print(attempt(kind))
    print(in_place())
    try:
        deep(2)
    except OSError as error:
        print(error)
    try:
        x = int("7")
    except ValueError:
        x = 0
    try:
        {}["a"]
    except:
        x += 1
    return x
