"""Import of foreign traces: those of edtrace, and of the engine that was before it.

Both are a JSON object with `files` (path to text) and `steps`, one for every line event, each with the whole call `stack`, what
was inspected (`env`) and what was shown (`renderings`); neither knows of statements, calls or returns. The viewer opens them by
itself (`trace-viewer/src/format/import/`), by the same rules; one golden test holds both to the same result.
"""

from tracer.format.foreign.reading import import_foreign, is_foreign

__all__ = ["import_foreign", "is_foreign"]
