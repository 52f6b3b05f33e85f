"""@inspect, @clear and @stepover: what they record, and what they leave out."""


def helper(n):
    m = n + 1  # @inspect m
    return m


def noisy(n):
    print("noisy", n)
    return helper(n)


def numbers():
    yield noisy(1)
    yield noisy(2)


def main():
    x = helper(1)  # @inspect x
    y = noisy(2)  # @stepover @inspect y
    for n in numbers():  # @stepover
        x += n
    x = [x]  # @inspect x x[0] len(x)
    x.append(helper(3))  # @inspect x
    if x: z = 1  # @inspect z
    x = None  # @clear x
    for i in range(2):  # @inspect i
        z += i  # @inspect z
    return (
        z,
        helper(z),  # @inspect z
    )
