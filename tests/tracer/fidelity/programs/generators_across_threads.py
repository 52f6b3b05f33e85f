"""A generator that goes on in another thread belongs there, for as long as that one runs it."""

import threading


def numbers():
    x = 1
    yield x
    x = 2
    yield x
    x = 3
    yield x


def take(g):
    print("thread took", next(g))


def main():
    g = numbers()
    print("main took", next(g))
    thread = threading.Thread(target=take, args=(g,))
    thread.start()
    thread.join()
    print("main took", next(g))
