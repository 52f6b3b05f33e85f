"""Coroutines that await coroutines, and exceptions that come from the loop into the innermost of them."""

import asyncio


async def patient():
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        print("kept calm")
    return "calm"


async def fragile():
    try:
        await asyncio.sleep(3600)
    finally:
        print("fragile over")


async def middle(inner):
    result = await inner()
    print("middle goes on")
    await asyncio.sleep(0)
    return result


async def outer(inner):
    try:
        return await middle(inner)
    except asyncio.CancelledError:
        return "cancelled"


async def run():
    for inner in (patient, fragile):
        task = asyncio.create_task(outer(inner))
        await asyncio.sleep(0)
        task.cancel()
        print(await task)
    try:
        async with asyncio.timeout(0):
            await middle(fragile)
    except TimeoutError:
        print("too late")
    return await outer(immediate)


async def immediate():
    return "at once"


def main():
    print(asyncio.run(run()))
