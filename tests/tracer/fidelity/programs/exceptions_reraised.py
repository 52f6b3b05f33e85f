"""Exceptions raised again, raised from others, raised while others are handled."""


def parse(text):
    try:
        return int(text)
    except ValueError as error:
        raise RuntimeError("cannot parse") from error


def logged():
    try:
        parse("x")
    except RuntimeError:
        print("logging")
        raise


def replaced():
    try:
        raise KeyError("first")
    except KeyError:
        raise IndexError("second") from None


def while_handling():
    try:
        raise KeyError("one")
    except KeyError:
        undefined_name


def kept():
    saved = None
    try:
        raise ValueError("kept")
    except ValueError as error:
        saved = error
    raise saved


def main():
    for f in (logged, replaced, while_handling, kept):
        try:
            f()
        except Exception as error:
            cause = error.__cause__ or error.__context__
            print(type(error).__name__, error, "<-", type(cause).__name__)
