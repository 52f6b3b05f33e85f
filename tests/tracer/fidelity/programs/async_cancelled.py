"""Cancelling, a timeout and a task group: exceptions that come from outside at an await."""

import asyncio


async def forever(name):
    try:
        while True:
            await asyncio.sleep(3600)
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise
    finally:
        print(name, "over")


async def fail():
    await asyncio.sleep(0)
    raise LookupError("gone")


async def run():
    task = asyncio.create_task(forever("task"))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("seen")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(forever("grouped"))
            group.create_task(fail())
    except* LookupError as several:
        print(len(several.exceptions))


def main():
    asyncio.run(run())
