"""async with and async for: the protocol's own methods are calls of the header."""

import asyncio


class Connection:
    async def __aenter__(self):
        await asyncio.sleep(0)
        return "open"

    async def __aexit__(self, kind, error, traceback):
        print("closed", kind.__name__ if kind else None)
        return kind is KeyError


class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        return self.n


async def work():
    async with Connection() as state:
        print(state)
    async with (
        Connection() as a,
        Connection() as b,
    ):
        print(a, b)
    async with Connection():
        raise KeyError("swallowed")
    async for n in Countdown(2):
        print(n)
    else:
        print("done")
    async for n in Countdown(5):
        if n == 3:
            break
    return n


def main():
    result = asyncio.run(work())  # @inspect result
