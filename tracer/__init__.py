"""The authoring interface: what a lecture imports, and nothing else of the engine.

    from tracer import text, image, link

    def main() -> None:
        text("# Tokenization")
        x = len("low lower lowest")  # @inspect x

Under the tracer each of these functions adds one output to the step that called it. Without the tracer they check their
arguments and do nothing, so that a lecture is also an ordinary program.
"""

from importlib import import_module

from tracer.authoring.commands import system_text
from tracer.authoring.costs import costs, expect
from tracer.authoring.graphs import graph, make_graph
from tracer.authoring.images import image, video
from tracer.authoring.links import link, url_reference
from tracer.authoring.listings import code
from tracer.authoring.plots import plot
from tracer.authoring.quizzes import quiz
from tracer.authoring.reference import Reference
from tracer.authoring.tables import table
from tracer.authoring.words import note, text

# `tracer.costs` is a function to lectures and a package to the engine. Importing a package sets the attribute, once, at its
# first import: so that happens here, before the function gets the name for good. The engine's own imports go by sys.modules.
_function = costs
import_module("tracer.costs")
costs = _function
del _function, import_module

__all__ = [
    "Reference",
    "code",
    "costs",
    "expect",
    "graph",
    "image",
    "link",
    "make_graph",
    "note",
    "plot",
    "quiz",
    "system_text",
    "table",
    "text",
    "url_reference",
    "video",
]
