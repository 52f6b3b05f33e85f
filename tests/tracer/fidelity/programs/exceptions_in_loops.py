"""break and continue through finally, and loops that go on after an exception."""


def skim(items):
    kept = []
    for item in items:
        try:
            if item == "skip":
                continue
            if item == "stop":
                break
            kept.append(10 // item)
        except ZeroDivisionError:
            kept.append(None)
        finally:
            print("seen", item)
    return kept


def retry():
    attempts = 0
    while True:
        try:
            attempts += 1
            if attempts < 3:
                raise ConnectionError(attempts)
            return attempts
        except ConnectionError as error:
            print("again", error)


def nested():
    for i in range(2):
        try:
            for j in range(3):
                try:
                    if j == i:
                        break
                finally:
                    print(i, j)
        finally:
            print("outer", i)


def main():
    print(skim([5, "skip", 0, "stop", 2]))
    print(retry())
    nested()
