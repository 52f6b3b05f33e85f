"""Exceptions that pass handlers, finally blocks and with blocks of one function before another handler takes them."""


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        print("exit", kind.__name__)


def raise_again():
    for turn in range(2):
        try:
            try:
                raise ValueError(turn)
            except KeyError:
                print("never")
            except ValueError:
                print("again")
                raise
        except ValueError as error:
            print("taken", error)


def through_with():
    try:
        with Manager():
            {}["missing"]
    except KeyError:
        return "taken"


def in_a_handler():
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            int("x")
        except ValueError as error:
            return type(error.__context__).__name__


def in_else_and_finally():
    try:
        try:
            x = 1
        except ValueError:
            x = 2
        else:
            raise KeyError("from else")
        finally:
            print("finally", x)
    except KeyError as error:
        print(error)
    try:
        try:
            raise KeyError("first")
        finally:
            raise IndexError("second")
    except IndexError as error:
        return type(error.__context__).__name__


def main():
    raise_again()
    print(through_with(), in_a_handler(), in_else_and_finally())
