"""A million steps. Tells how far its process's resident memory had grown before and after (bytes), then kills itself.

Dying leaves the journal as it is, so that compacting it can be timed alone.
"""

import os
import resource
import signal
import sys

KIB = 1024 if sys.platform != "darwin" else 1


def main() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    total = 0
    for number in range(500_000):
        total += number
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    os.write(2, b"%d %d" % (before, after))
    os.kill(os.getpid(), signal.SIGKILL)
