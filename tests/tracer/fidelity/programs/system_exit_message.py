"""sys.exit with a message: exit code 1."""

import sys


def main():
    print("working")
    if True:
        sys.exit("cannot go on")
