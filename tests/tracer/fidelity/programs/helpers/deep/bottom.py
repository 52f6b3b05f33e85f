def floor(n):
    return -n


def fail(n):
    raise ArithmeticError(f"cannot take {n}")
