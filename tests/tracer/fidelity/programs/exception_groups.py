"""except*: every handler that matches a part of the group runs."""


def fail_all():
    raise ExceptionGroup("several", [ValueError(1), KeyError("k"), ExceptionGroup("more", [ValueError(2)])])


def handle():
    try:
        fail_all()
    except* ValueError as group:
        print("values", len(group.exceptions))
    except* TypeError:
        print("never")
    except* KeyError as group:
        print("keys", group.exceptions)
    else:
        print("never")
    finally:
        print("finally")
    return "handled"


def partly():
    try:
        fail_all()
    except* KeyError:
        print("key part")


def single():
    try:
        raise OSError("alone")
    except* OSError as group:
        print(type(group).__name__, len(group.exceptions))


def main():
    print(handle())
    try:
        partly()
    except ExceptionGroup as rest:
        print("rest", len(rest.exceptions))
    single()
    try:
        x = 1
    except* ValueError:
        x = 2
    return x
