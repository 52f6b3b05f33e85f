"""Descriptors: their methods are called by attribute access, on the instance and on the class."""


class Checked:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return "on the class"
        return instance.__dict__[self.name]

    def __set__(self, instance, value):
        print("set", self.name, value)
        instance.__dict__[self.name] = value

    def __delete__(self, instance):
        del instance.__dict__[self.name]


class Lazy:
    def __init__(self, f):
        self.f = f

    def __get__(self, instance, owner):
        value = self.f(instance)
        instance.__dict__[self.f.__name__] = value
        return value


class Box:
    width = Checked()

    def __init__(self, width):
        self.width = width

    @Lazy
    def area(self):
        return self.width**2

    @staticmethod
    def unit():
        return Box(1)

    @classmethod
    def square(cls, n):
        return cls(n)


def main():
    box = Box(3)
    print(box.area, box.area, Box.width)
    box.width = 4
    del box.width
    print(Box.unit().width, box.square(2).width)
