"""Code from strings has no lines in the file: it is part of its statement, what it calls is below it."""


def helper(x):
    return x + 1


def main():
    print(eval("helper(1) + helper(2)"))
    scope = {"helper": helper}
    exec("y = 0\nfor i in range(2):\n    y += helper(i)\n", scope)
    print(scope["y"])
    exec("def made(x):\n    z = helper(x)\n    return z\n", scope)
    print(scope["made"](5))
    code = compile("helper(10)", "<text>", "eval")
    value = eval(code)  # @inspect value
    try:
        exec("raise KeyError('from a string')")
    except KeyError as error:
        print(error)
    try:
        compile("1 +", "<text>", "eval")
    except SyntaxError:
        print("no Python")
    return eval("[helper(i) for i in range(2)]")
