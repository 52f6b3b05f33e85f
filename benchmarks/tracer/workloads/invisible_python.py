"""One visible step, and behind it half a second of Python that is not the lecture's: calls, most of them short."""

from benchmarks.tracer.library.pure_python import work


def main() -> None:
    work()
