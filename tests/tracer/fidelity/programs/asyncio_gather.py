"""Tasks that run in turns: every await hands over, and the order is fixed."""

import asyncio


async def worker(name, turns):
    for turn in range(turns):
        print(name, turn)
        await asyncio.sleep(0)
    return name * turns


async def failing():
    await asyncio.sleep(0)
    raise ValueError("no")


async def run():
    results = await asyncio.gather(worker("a", 2), worker("b", 1))  # @inspect results
    outcomes = await asyncio.gather(worker("c", 1), failing(), return_exceptions=True)
    print(outcomes[0], type(outcomes[1]).__name__)
    task = asyncio.create_task(worker("d", 1))
    return await task


def main():
    print(asyncio.run(run()))
