"""__del__: called by the statement that takes the last reference away, and, when a call took it along as it ended, by the statement that made the call."""


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def hold():
    noisy = Noisy("local")
    return noisy.name


def main():
    a = Noisy("a")
    del a
    b = Noisy("b")
    b = None
    print(hold())
    Noisy("temporary")
    items = [Noisy("item")]
    items.clear()
    print("end", b)
