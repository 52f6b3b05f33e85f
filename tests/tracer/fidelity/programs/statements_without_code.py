"""Statements that are no code: docstrings, constants, global, annotations; and pass, which is."""


def nothing():
    """Only a docstring."""


def only_pass():
    pass


def ellipsis():
    ...


def constants():
    1
    "text"
    x: int
    x = 5
    None
    return x


def unreachable():
    return 1
    print("never")


def constant_conditions():
    if 1:
        x = 1
    if 0:
        x = 2
    while 1:
        x += 1
        if x > 2:
            pass
            break
    for _ in range(2):
        pass
    for _ in range(2):
        continue
    return x


def debug():
    if __debug__:
        return "debugging"


def main():
    nothing()
    only_pass()
    ellipsis()
    print(constants(), unreachable(), constant_conditions(), debug())
