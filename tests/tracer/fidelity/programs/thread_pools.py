"""A pool of one thread: work in order, results, and an exception that is handed back."""

from concurrent.futures import ThreadPoolExecutor


def invert(n):
    return 1 / n


def main():
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(invert, 2)
        print(future.result())
        failed = pool.submit(invert, 0)
        print(type(failed.exception()).__name__)
        values = list(pool.map(invert, [1, 4]))  # @inspect values
    try:
        failed.result()
    except ZeroDivisionError as error:
        print(error)
    return values
