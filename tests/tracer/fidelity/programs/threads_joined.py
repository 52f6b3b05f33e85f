"""Threads, one after the other: each has calls of its own, with nobody above them."""

import threading

results = {}


def square(n):
    return n * n


def work(n):
    results[n] = square(n)
    print(threading.current_thread().name, n)


class Worker(threading.Thread):
    def __init__(self, n):
        super().__init__(name=f"worker-{n}")
        self.n = n

    def run(self):
        work(self.n)


def main():
    for n in range(2):
        thread = threading.Thread(target=work, args=(n,), name=f"thread-{n}")
        thread.start()
        thread.join()
    worker = Worker(5)
    worker.start()
    worker.join()
    print(results)  # @inspect results
