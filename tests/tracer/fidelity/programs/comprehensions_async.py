"""Asynchronous comprehensions: await inside, async for inside, both nested."""

import asyncio


async def numbers(n):
    for i in range(n):
        yield i


async def double(x):
    await asyncio.sleep(0)
    return 2 * x


async def collect():
    plain = [x async for x in numbers(3)]  # @inspect plain
    doubled = [await double(x) for x in plain]  # @inspect doubled
    chosen = {
        x: await double(x)
        async for x in numbers(3)
        if x != 1
    }  # @inspect chosen
    nested = [
        [y async for y in numbers(x)]
        async for x in numbers(3)
    ]  # @inspect nested
    total = 0
    async for x in (await double(y) for y in plain[:2]):
        total += x
    return len(nested), total


def main():
    print(asyncio.run(collect()))
