"""f-strings and joined strings over several lines, with calls inside."""


def name():
    return "Ada"


def shout(text, *, mark="!"):
    return text.upper() + mark


def main():
    greeting = (
        f"hello {name()}, "
        f"{shout('you', mark='?')} "
        "and more"
    )
    print(greeting)
    block = f"""
    {name()}
      and {shout(
        name(),
    )}
    """
    print(block.split())
    print(f"{name()!r:>10} {3.14159:.{len(name())}f} {shout(f'{name()}')=}")
    print("%s and %s" % (name(), shout("b")), "{} {}".format(
        name(),
        shout("c"),
    ))
    return "".join(
        letter
        for letter in name()
        if letter != "d"
    )
