"""A bounded picture of any Python value at one moment: `picture(value)`, or its JSON: `encoded(value)`.

It never raises, never consumes an iterator, never changes the value, and imports no library to look at one.
"""

from tracer.values.limits import Limits
from tracer.values.walker import encoded, picture

__all__ = ["Limits", "encoded", "picture"]
