"""Two threads that take turns by events: each has its own order of steps, and what they do together has one too."""

import threading

log = []


def ping(mine, other):
    for turn in range(2):
        mine.wait()
        mine.clear()
        log.append(("ping", turn))
        other.set()


def main():
    a, b = threading.Event(), threading.Event()
    thread = threading.Thread(target=ping, args=(a, b))
    thread.start()
    for turn in range(2):
        log.append(("pong", turn))
        a.set()
        b.wait()
        b.clear()
    thread.join()
    print(log)
