"""What is called when main() is over (atexit) runs as untraced as it would; what a finalizer calls belongs to its statement."""

import atexit
import weakref


class Thing:
    pass


def finalized(name):
    print("finalized", name)


def at_exit():
    print("at exit")


def main():
    atexit.register(at_exit)
    thing = Thing()
    finalizer = weakref.finalize(thing, finalized, "thing")
    del thing
    print(finalizer.alive)
    kept = Thing()
    weakref.finalize(kept, finalized, "kept")
    kept.self = kept
    print("end of main")
