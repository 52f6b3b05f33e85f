"""__exit__ that swallows, that lets pass and that raises, and __enter__ that fails."""


class Swallow:
    def __init__(self, *kinds):
        self.kinds = kinds

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        return kind in self.kinds


class BadExit:
    def __enter__(self):
        pass

    def __exit__(self, *error):
        raise RuntimeError("exit failed")


class BadEnter:
    def __enter__(self):
        raise RuntimeError("enter failed")

    def __exit__(self, *error):
        print("never")


def main():
    with Swallow(KeyError):
        raise KeyError("swallowed")
    print("after")
    try:
        with Swallow(KeyError):
            raise ValueError("passes")
    except ValueError as error:
        print(error)
    with Swallow(RuntimeError), BadExit():
        x = 1
    try:
        with BadEnter():
            x = 2
    except RuntimeError as error:
        print(error)
    for i in range(2):
        with Swallow(ZeroDivisionError):
            print(1 / i)
    return x
