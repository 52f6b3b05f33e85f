"""Asynchronous generators: taken from, sent to, left early and closed."""

import asyncio


async def ticks(n):
    try:
        for i in range(n):
            await asyncio.sleep(0)
            got = yield i
            if got:
                print("got", got)
    finally:
        print("ticks closed")


async def run():
    total = 0
    async for tick in ticks(2):
        total += tick
    g = ticks(5)
    print(await anext(g))
    print(await g.asend("hello"))
    await g.aclose()
    h = ticks(1)
    try:
        await anext(h)
        await h.athrow(ValueError("thrown"))
    except ValueError as error:
        print(error)
    return total


def main():
    print(asyncio.run(run()))
