"""What `@inspect` names: a variable or a small expression over variables, evaluated in the frame where it stands."""

from __future__ import annotations

import builtins
from types import CodeType, FrameType
from typing import Any

__all__ = ["Expression", "Unavailable"]


class Unavailable(Exception):
    """The expression has no value here; the message is a sentence."""


class Expression:
    """One argument of `@inspect`.

    Raises SyntaxError if `text` is no Python expression.
    """

    __slots__ = ("_code", "is_name", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_name = text.isidentifier()
        self._code: CodeType | None = None if self.is_name else compile(text, "<inspect>", "eval")

    def value(self, frame: FrameType, variables: dict[str, Any]) -> Any:
        """The value in `frame`, whose local variables are `variables`. Raises Unavailable."""
        if self._code is None:
            try:
                return variables[self.text]
            except KeyError:
                pass
            try:
                return frame.f_globals[self.text]
            except KeyError:
                pass
            try:
                return getattr(builtins, self.text)
            except AttributeError:
                raise Unavailable(f"there is no variable `{self.text}` here.") from None
        try:
            return eval(self._code, frame.f_globals, variables)
        except NameError as error:
            raise Unavailable(f"`{self.text}`: {error}.") from None
        except (Exception, SystemExit) as error:  # the author's expression may do anything; the lecture must go on
            raise Unavailable(f"`{self.text}` raised {type(error).__name__}: {error}.") from None
