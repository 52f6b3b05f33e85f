"""Metaclasses and the hooks of class creation, in the order in which Python calls them."""


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **options):
        print("prepare", name, options)
        return {"prepared": True}

    def __new__(mcs, name, bases, namespace, **options):
        namespace["made_by"] = "Meta"
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)
        cls.order = options.get("order", 0)

    def __call__(cls, *args):
        instance = super().__call__(*args)
        instance.called = True
        return instance


class Named:
    def __set_name__(self, owner, name):
        print("named", owner.__name__, name)


class Base:
    def __init_subclass__(cls, /, tag=None, **options):
        super().__init_subclass__(**options)
        cls.tag = tag

    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"


def main():
    class Thing(metaclass=Meta, order=3):
        attribute = Named()

        def __init__(self, x):
            self.x = x

    thing = Thing(5)
    print(thing.x, thing.called, Thing.order, Thing.made_by, Thing.prepared)

    class Child(Base, tag="t"):
        pass

    print(Child.tag, Child["int"])
    Made = type("Made", (Base,), {"f": lambda self: 1}, tag="made")
    print(Made.tag, Made().f())
