"""A producer and a consumer that wait for each other."""

import asyncio


async def produce(queue):
    for item in range(3):
        await queue.put(item)
    await queue.put(None)


async def consume(queue):
    seen = []
    while (item := await queue.get()) is not None:
        seen.append(item)
    return seen


async def run():
    queue = asyncio.Queue(maxsize=1)
    producer = asyncio.create_task(produce(queue))
    seen = await consume(queue)
    await producer
    return seen


def main():
    seen = asyncio.run(run())  # @inspect seen
    print(seen)
