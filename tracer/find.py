"""From what a person types after `-m` to a lecture that can run."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from tracer.sources.text import UNREADABLE, decoded, shown_path, without_warnings
from tracer.values.text import clean

__all__ = ["Lecture", "LectureProblem", "find_lecture", "load_main"]

INSTALL_NAMES = {"yaml": "pyyaml", "PIL": "pillow", "sklearn": "scikit-learn", "cv2": "opencv-python"}
"""Packages whose import name is not the name they are installed by."""


class LectureProblem(Exception):
    """The lecture cannot be run. The message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Lecture:
    """A lecture's file and how it is imported: `name` names its trace, `root` is the folder whose files are visible."""

    name: str
    path: Path
    module: str
    root: Path


def find_lecture(typed: str, project: Path) -> Lecture:
    """`lecture_01`, `lecture_01.py`, `lectures/lecture_01.py`, `lectures.lecture_01` or a path. Raises LectureProblem."""
    folder = project / "lectures"
    stem = typed.removesuffix(".py")
    as_path = Path(stem.replace("\\", "/"))
    dotted = Path(*stem.split(".")) if stem.strip(".") and "/" not in stem else as_path
    for candidate in (folder / as_path, project / as_path, as_path, project / dotted, folder / dotted):
        path = _python_file(candidate)
        if path is not None:
            inside = path.is_relative_to(folder.resolve())
            parts = path.relative_to(project.resolve()).with_suffix("").parts if inside else ()
            importable = inside and not any("." in part for part in parts)
            module = ".".join(parts) if importable else path.stem.replace(".", "_")
            return Lecture(shown_path(path.stem), path, module, folder.resolve() if inside else path.parent)
    known = sorted(path.stem for path in folder.glob("lecture_*.py"))
    near = difflib.get_close_matches(as_path.name, known, n=3, cutoff=0.5)
    message = f"There is no lecture {typed if len(typed) <= 80 else typed[:80] + '…'!r} in {shown_path(folder)}."
    if near:
        message += f" Did you mean {' or '.join(near)}?"
    elif known:
        message += f" There are: {', '.join(known)}."
    else:
        message += " That folder holds no lecture_*.py yet."
    raise LectureProblem(message)


def load_main(lecture: Lecture, project: Path) -> Callable[[], Any]:
    """Import the lecture and return its `main`. Raises LectureProblem for anything that keeps it from starting."""
    _check_syntax(lecture.path)
    for folder in (str(project), str(lecture.path.parent)):
        if folder in sys.path:
            sys.path.remove(folder)
        sys.path.insert(0, folder)
    try:
        module = _imported(lecture)
    except KeyboardInterrupt:
        raise
    except SyntaxError as error:
        raise LectureProblem(_syntax_sentence(error, _place(error, lecture))) from None
    except ModuleNotFoundError as error:
        raise LectureProblem(_missing_module(error, lecture)) from None
    except SystemExit as error:
        raise LectureProblem(
            f"{_place(error, lecture)}: importing it ends the program ({_told(error)}); move that into main()."
        ) from None
    except BaseException as error:
        raise LectureProblem(f"{_place(error, lecture)}: importing it raised {_told(error)}") from None
    main = getattr(module, "main", None)
    if not callable(main):
        raise LectureProblem(
            f"{shown_path(lecture.path)} has no main(): a lecture is a file with `def main():` that runs it."
        )
    _check_call(main, shown_path(lecture.path))
    return main  # type: ignore[no-any-return]


def _python_file(candidate: Path) -> Path | None:
    """The file of that name with `.py` behind it, if there is one. Whatever was typed, it is a name at worst unknown."""
    try:
        path = candidate.with_name(candidate.name + ".py")
        return path.resolve() if path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # too long, no name at all, a zero byte; a loop of links
        return None


def _imported(lecture: Lecture) -> ModuleType:
    """The lecture's module: by its dotted name in the project, elsewhere by its path, so that no other can be meant."""
    if "." in lecture.module:
        return importlib.import_module(lecture.module)
    name = lecture.module
    number = 1
    while True:
        known = sys.modules.get(name)
        if known is not None and _is_of(known, lecture.path):
            return known
        if known is None and name not in sys.stdlib_module_names:
            break
        number += 1
        name = f"{lecture.module}_{number}"
    spec = importlib.util.spec_from_file_location(name, lecture.path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{shown_path(lecture.path)} is not a Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return sys.modules.get(name, module)


def _is_of(module: ModuleType, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and os.path.realpath(file) == str(path)


def _check_syntax(path: Path) -> None:
    shown = shown_path(path)
    try:
        source = decoded(path.read_bytes())
        with without_warnings():
            compile(source, shown, "exec", dont_inherit=True)
    except SyntaxError as error:
        if error.lineno is None:  # from the search for a coding comment
            raise LectureProblem(f"{shown} is not UTF-8 text ({error.msg}); save it as UTF-8.") from None
        raise LectureProblem(_syntax_sentence(error, shown)) from None
    except UnicodeDecodeError as error:
        raise LectureProblem(f"{shown} is not {error.encoding.upper()} text ({error}); save it as UTF-8.") from None
    except (RecursionError, MemoryError):
        raise LectureProblem(
            f"{shown} is nested too deeply for Python to compile; split its longest expression."
        ) from None
    except OSError as error:
        raise LectureProblem(f"{shown} cannot be read: {error.strerror}.") from None
    except UNREADABLE as error:
        raise LectureProblem(f"{shown} is not Python source: {error}.") from None


def _check_call(main: Callable[..., Any], shown: str) -> None:
    """That calling `main` with nothing runs it."""
    if inspect.iscoroutinefunction(main) or inspect.isasyncgenfunction(main):
        raise LectureProblem(
            f"{shown}: main() is async, and calling it would run none of it; "
            "rename it, and write a plain `def main():` that calls `asyncio.run(...)` on it."
        )
    if inspect.isgeneratorfunction(main):
        raise LectureProblem(
            f"{shown}: main() is a generator (it has a `yield`), and calling it would run none of it; "
            "move what yields into a function that a plain `def main():` loops over."
        )
    try:
        parameters = inspect.signature(main).parameters.values()
    except Exception:  # built in, or an object that says something odd about itself
        raise LectureProblem(f"{shown}: its main is no function of the lecture's; write `def main():`.") from None
    needed = [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if needed:
        raise LectureProblem(
            f"{shown}: main() asks for {', '.join(needed)}, but is called with nothing; give it defaults."
        )


def _syntax_sentence(error: SyntaxError, raised_at: str) -> str:
    """What the compiler says of a line, and the line. `raised_at` is for an error that names none."""
    sentence = raised_at
    if isinstance(error.filename, str) and error.lineno is not None:
        sentence = f"{shown_path(error.filename)}:{error.lineno}"
    sentence += f": {error.msg or 'invalid syntax'}."
    if error.text:
        text = error.text.rstrip("\n")
        indent = len(text) - len(text.lstrip())
        caret = max(0, (error.offset or 1) - 1 - indent)
        sentence += f"\n    {text.strip()}\n    {' ' * caret}^"
    return clean(sentence)


def _missing_module(error: ModuleNotFoundError, lecture: Lecture) -> str:
    name = (error.name or "").split(".")[0]
    place = _place(error, lecture)
    if name and ((lecture.path.parent / name).exists() or (lecture.root.parent / name).exists()):
        return f"{place}: there is no module {error.name!r}; the folder {name} is there, but not that file in it."
    if not name or name in sys.modules or name in sys.stdlib_module_names:
        return f"{place}: importing it raised {_told(error)}"
    return (
        f"{place}: the package {name!r} is not installed. "
        f"Install it with `pip install {INSTALL_NAMES.get(name, name)}`, and add it to requirements.txt if the lecture stays."
    )


def _place(error: BaseException, lecture: Lecture) -> str:
    """The last line of the lecture's own files on the way to `error`."""
    own = [
        each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).is_relative_to(lecture.root)
    ]
    return shown_path(f"{own[-1].filename}:{own[-1].lineno}" if own else lecture.path)


def _told(error: BaseException) -> str:
    """The exception and its message, which may be its own class's to make."""
    try:
        message = str(error)
    except Exception:
        message = ""
    return clean(f"{type(error).__name__}: {message}" if message else type(error).__name__, 1000)
