"""Properties: reading, setting and deleting are calls of the statement that does it."""


class Celsius:
    def __init__(self, degrees):
        self.degrees = degrees

    @property
    def degrees(self):
        return self._degrees

    @degrees.setter
    def degrees(self, value):
        if value < -273:
            raise ValueError("too cold")
        self._degrees = value

    @degrees.deleter
    def degrees(self):
        print("deleted")
        self._degrees = 0

    @property
    def fahrenheit(self):
        return self.degrees * 9 / 5 + 32


def main():
    c = Celsius(100)
    print(c.fahrenheit)
    c.degrees += 1
    try:
        c.degrees = -300
    except ValueError as error:
        print(error)
    del c.degrees
    return c.degrees
