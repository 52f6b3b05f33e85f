"""__getattr__, __getattribute__, __setattr__, __delattr__ and __dir__."""


class Record:
    def __init__(self):
        self.fields = {}

    def __getattr__(self, name):
        if name.startswith("no_"):
            raise AttributeError(name)
        return self.fields.get(name, "missing")

    def __setattr__(self, name, value):
        if name == "fields":
            object.__setattr__(self, name, value)
        else:
            self.fields[name] = value

    def __delattr__(self, name):
        del self.fields[name]


class Logged:
    kind = "logged"

    def __getattribute__(self, name):
        print("get", name)
        return super().__getattribute__(name)

    def __dir__(self):
        return ["kind"]


def main():
    record = Record()
    record.a = 1
    print(record.a, record.b)
    del record.a
    print(hasattr(record, "no_way"), getattr(record, "no_such", "default"))
    print(Logged().kind, dir(Logged()))
