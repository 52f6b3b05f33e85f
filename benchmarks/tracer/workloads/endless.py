"""Runs until it is killed, and writes one byte to stderr for every execution of the marked line, past the tracer."""

from os import write


def main() -> None:
    while True:
        write(2, b".")  # counted
