"""sys.exit with a number, from deep inside: the finally blocks run, the rest does not."""

import sys


def leave(code):
    try:
        sys.exit(code)
    finally:
        print("leaving")


def main():
    try:
        leave(1)
    except SystemExit as ending:
        print("caught", ending.code)
    leave(3)
    print("never")
