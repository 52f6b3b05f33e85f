"""What is written to stdout and stderr, in whatever way, belongs to the statement that writes it."""

import contextlib
import io
import sys


class Loud:
    def __repr__(self):
        print("(repr)", end=" ")
        return "Loud"

    def __str__(self):
        return repr(self).upper()


def say(text):
    sys.stdout.write(text)
    return len(text)


def main():
    print("one", "two", sep=", ", end=".\n")
    n = say("written\n") + say("twice\n")  # @inspect n
    print("to stderr", file=sys.stderr)
    sys.stdout.writelines(["a\n", "b\n"])
    print(Loud(), [Loud()])
    with contextlib.redirect_stdout(io.StringIO()) as caught:
        print("caught")
    print("ä € 😀", repr(caught.getvalue()), flush=True)
    for i in range(2):
        print(i, end=" ")
    print()
