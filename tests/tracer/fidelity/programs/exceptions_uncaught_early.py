"""The very first statement fails."""


class Problem(Exception):
    def __str__(self):
        return "a problem of the program's own"


def main():
    print("before"); raise Problem(1, 2)
