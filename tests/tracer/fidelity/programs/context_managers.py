"""with: a header is one step on the way in and one on the way out, however the block is left."""


class Manager:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, kind, error, traceback):
        print("exit", self.name)


def left_by_return():
    with Manager("r") as m:
        return m.name


def left_by_loop():
    for i in range(3):
        with Manager(i):
            if i == 0:
                continue
            break
    return i


def main():
    with Manager("one"):
        x = 1
    with Manager("two") as two, Manager("three") as three:
        print(two.name, three.name)
    with (
        Manager("four"),
        Manager("five") as five,
    ):
        with Manager("six"):
            x += 1
    print(left_by_return())
    print(left_by_loop())
    return five.name
