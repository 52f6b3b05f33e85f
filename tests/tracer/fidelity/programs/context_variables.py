"""Context variables: a function run in a copy of the context, and one in each task."""

import asyncio
import contextvars

user = contextvars.ContextVar("user", default="nobody")


def greet():
    return f"hello {user.get()}"


def change():
    user.set("inside")
    return greet()


async def task(name):
    user.set(name)
    await asyncio.sleep(0)
    return greet()


async def run():
    return await asyncio.gather(task("a"), task("b"))


def main():
    print(contextvars.copy_context().run(change))
    print(greet())
    token = user.set("outer")
    print(greet(), token.old_value is contextvars.Token.MISSING)
    user.reset(token)
    print(asyncio.run(run()), greet())
