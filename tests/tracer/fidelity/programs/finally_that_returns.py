"""return, break and continue in finally override what was on its way."""


def overrides():
    try:
        return "try"
    finally:
        return "finally"


def swallows():
    try:
        raise ValueError("swallowed")
    finally:
        return "quiet"


def breaks():
    while True:
        try:
            raise KeyError("lost")
        finally:
            break
    return "broke"


def continues():
    turns = 0
    for i in range(2):
        try:
            1 / i
        finally:
            turns += 1
            continue
    return turns


def main():
    print(overrides(), swallows(), breaks(), continues())
