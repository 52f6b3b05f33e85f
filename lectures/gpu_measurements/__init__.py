"""What lectures measure on a GPU: a module a group, a function a measurement. `lectures/measurements.py` runs and keeps them.

A function takes `tiny` (sizes that any CPU can do in a second, kernels interpreted) and returns what JSON can hold; a time is
an `asdict(Timing)`, so that it has its spread. The module's `__all__` names its measurements.
"""
