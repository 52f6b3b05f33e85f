"""Asynchronous managers made by contextlib, a stack of them, locks, and an asynchronous generator left early."""

import asyncio
from contextlib import AsyncExitStack, aclosing, asynccontextmanager


@asynccontextmanager
async def opened(name):
    print("open", name)
    await asyncio.sleep(0)
    try:
        yield name
    finally:
        await asyncio.sleep(0)
        print("close", name)


async def count():
    try:
        for i in range(5):
            yield i
    finally:
        print("count closed")


async def polite(lock, name):
    async with lock:
        await asyncio.sleep(0)
        print(name, "had the lock")


async def run():
    async with opened("a") as a, opened("b"):
        print("inside", a)
    try:
        async with opened("c"):
            raise ValueError("through")
    except ValueError as error:
        print(error)
    async with AsyncExitStack() as stack:
        for name in ("d", "e"):
            await stack.enter_async_context(opened(name))
    async with aclosing(count()) as counting:
        async for i in counting:
            if i == 1:
                break
    lock = asyncio.Lock()
    await asyncio.gather(polite(lock, "first"), polite(lock, "second"))
    return await asyncio.wait_for(asyncio.sleep(0, "slept"), timeout=60)


def main():
    print(asyncio.run(run()))
