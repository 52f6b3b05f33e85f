"""os._exit ends the process where it stands: no finally block runs, and the record still says how far it came."""

import os


def leave():
    try:
        print("leaving", flush=True)
        os._exit(3)
    finally:
        print("never")


def main():
    x = 1
    leave()
    return x
