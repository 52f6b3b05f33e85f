"""`quiz`: a question to answer before reading on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracer.authoring.plain import described, plain_text
from tracer.authoring.recording import active

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["quiz"]


def quiz(question: str, choices: Sequence[Any] = (), *, answer: Any, why: str = "") -> None:
    """Ask a question whose answer stays hidden until the reader asks for it.

    `answer` is one of `choices`; without choices it is the answer itself. `why` says why. All of it is Markdown; choices and
    answer may be numbers. Raises TypeError or ValueError for anything else.
    """
    for name, words in (("question", question), ("why", why)):
        if not isinstance(words, str):
            raise TypeError(f"quiz() takes its {name} as a string, not {described(words)}.")
    if isinstance(choices, str) or not isinstance(choices, list | tuple):
        raise TypeError(f"quiz() takes choices as a list, not {described(choices)}.")
    texts = [plain_text(str(choice)) for choice in choices]
    if len(set(texts)) < len(texts):
        raise ValueError("quiz() was given the same choice twice: the reader could not tell which is right.")
    if texts and str(answer) not in texts:
        raise ValueError(
            f"quiz() takes as answer one of its choices, {', '.join(map(repr, texts))}, not {str(answer)!r:.80}."
        )
    if (recorder := active()) is None:
        return
    from tracer.format.schema import Quiz

    if texts:
        shown = Quiz(plain_text(question), texts, texts.index(str(answer)), plain_text(why))
    else:
        reasons = "\n\n".join(filter(None, (str(answer), why)))
        shown = Quiz(plain_text(question), [], -1, plain_text(reasons))
    recorder.emit(shown)
