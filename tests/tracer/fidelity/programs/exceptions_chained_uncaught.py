"""The run ends by an exception that was raised from another one."""


def load(name):
    try:
        return {"a": 1}[name]
    except KeyError as error:
        raise LookupError(
            f"no {name!r}",
        ) from error


def main():
    print(load("a"))
    load("b")
