"""Goes on only where it is told to: what the test of a trace that grows runs. LIVE_SIGNALS: the folder of what it is told."""

import os
import time
from pathlib import Path

from tracer import text

SIGNALS = Path(os.environ["LIVE_SIGNALS"])


def main():
    text("# A run that goes on")
    for turn in range(4):  # @inspect turn
        told = wait_for(turn)  # @stepover @inspect told
        if told == "fail":
            raise RuntimeError("It was told to.")
        square = turn * turn  # @inspect square
        text(f"The square of {turn} is {square}.")
    text("That was all.")


def wait_for(turn: int) -> str:
    """What stands in the file of this turn, once there is one."""
    signal = SIGNALS / str(turn)
    while not signal.exists():
        time.sleep(0.05)
    return signal.read_text()


if __name__ == "__main__":
    main()
