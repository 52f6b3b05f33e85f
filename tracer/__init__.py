"""The authoring interface: what a lecture imports, and nothing else of the engine.

    from tracer import text, image, link

    def main() -> None:
        text("# Tokenization")
        x = len("low lower lowest")  # @inspect x

Under the tracer each of these functions adds one output to the step that called it. Without the tracer they check their
arguments and do nothing, so that a lecture is also an ordinary program.
"""

from tracer.authoring.commands import system_text
from tracer.authoring.graphs import graph, make_graph
from tracer.authoring.images import image, video
from tracer.authoring.links import link, url_reference
from tracer.authoring.listings import code
from tracer.authoring.plots import plot
from tracer.authoring.reference import Reference
from tracer.authoring.tables import table
from tracer.authoring.words import note, text

__all__ = [
    "Reference",
    "code",
    "graph",
    "image",
    "link",
    "make_graph",
    "note",
    "plot",
    "system_text",
    "table",
    "text",
    "url_reference",
    "video",
]
