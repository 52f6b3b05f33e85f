"""assert: holding, failing, with a message that is made only when it fails."""


def message(x):
    print("making the message")
    return f"{x} is not positive"


def positive(x):
    assert x > 0, message(x)
    return x


def main():
    print(positive(3))
    try:
        positive(-1)
    except AssertionError as error:
        print(error)
    assert positive(
        1
    ), message(
        1
    )
    try:
        assert False
    except AssertionError as error:
        print(repr(error))
    assert not positive(2), (
        "the run ends "
        f"here: {positive(4)}"
    )
