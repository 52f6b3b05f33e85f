"""A class body runs once, line by line, in a call of its own."""


def register(name):
    print("registering", name)
    return name.upper()


def main():
    class Config:
        """Its docstring is a step: it is bound to __doc__."""

        name = register("config")
        sizes = [n * 2 for n in range(3)]
        for size in sizes:
            last = size
        if last > 3:
            flag = True
        else:
            flag = False

        class Inner:
            depth = 2

            def method(self):
                return self.depth

        def method(self):
            return self.Inner().method() + self.last

        alias = method
        del size

    class Derived(Config, register("base") and object):
        name = "derived"

        def method(self):
            return super().method() + 1

    class Empty:
        pass

    print(Config.name, Config().alias(), Derived().method(), Empty.__name__)
