"""An exception that ends a thread ends that thread alone; the hook that is told of it is the program's own."""

import threading


def told(arguments):
    print("told of", arguments.exc_type.__name__, arguments.exc_value)


def fail(n):
    try:
        if n == 2:
            raise LookupError("inner")
        return 1 / n
    finally:
        print("leaving", n)


def main():
    threading.excepthook = told
    for n in (0, 1, 2):
        thread = threading.Thread(target=fail, args=(n,))
        thread.start()
        thread.join()
    print("alive")
