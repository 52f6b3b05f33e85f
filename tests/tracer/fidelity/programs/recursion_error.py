"""Recursion without end, stopped by the interpreter, in code that is no lecture's: the lecture sees one statement fail."""

import json


def main():
    loop = []
    loop.append(loop)
    try:
        json.dumps(loop, check_circular=False)
    except RecursionError as error:
        print(type(error).__name__)
    return len(loop)
