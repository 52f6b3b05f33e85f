"""Imports inside functions: an import is one step, what the module's body calls lies below it, and only the first time."""

import sys


def load():
    try:
        import no_such_module_anywhere as module
    except ImportError:
        from helpers import busy as module
    return module


def main():
    module = load()
    print(module.TABLE)
    again = load()
    print(again is module)
    if sys.version_info >= (3, 0):
        import colorsys
    else:
        import never
    from helpers.deep.deeper import measure

    print(measure(2), colorsys.rgb_to_hsv(0, 0, 0))
