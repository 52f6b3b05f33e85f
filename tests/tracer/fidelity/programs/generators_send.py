"""Generators that are sent values: a step that yields goes on where the value is sent."""


def averager():
    total, count = 0, 0
    average = None
    while True:
        value = yield average
        if value is None:
            break
        total += value
        count += 1
        average = total / count
    return total


def echo():
    while (received := (yield)) != "stop":
        print("got", received)


def main():
    g = averager()
    next(g)
    print(g.send(10))
    print(g.send(20))
    try:
        g.send(None)
    except StopIteration as stop:
        result = stop.value  # @inspect result
    e = echo()
    next(e)
    e.send("a")
    e.send("b")
    try:
        e.send("stop")
    except StopIteration:
        print("stopped")
