"""Coroutines driven by hand, and an awaitable of the program's own."""


class Once:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


async def add():
    a = await Once("a")
    b = await Once("b")
    return a + b


async def outer():
    try:
        return await add()
    finally:
        print("outer left")


def drive(coroutine, answers):
    asked = coroutine.send(None)
    for answer in answers:
        print("asked", asked)
        try:
            asked = coroutine.send(answer)
        except StopIteration as stop:
            return stop.value


def main():
    total = drive(outer(), [1, 2])  # @inspect total
    left = outer()
    left.send(None)
    left.close()
    return total
