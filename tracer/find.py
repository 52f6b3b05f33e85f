"""From what a person types after `-m` to a lecture that can run."""

from __future__ import annotations

import difflib
import importlib
import inspect
import sys
import tokenize
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    for candidate in (folder / as_path, project / as_path, Path.cwd() / as_path, project / dotted, folder / dotted):
        path = candidate.with_name(candidate.name + ".py")
        if path.is_file():
            path = path.resolve()
            inside = path.is_relative_to(folder.resolve())
            module = ".".join(path.relative_to(project.resolve()).with_suffix("").parts) if inside else path.stem
            return Lecture(path.stem, path, module, folder.resolve() if inside else path.parent)
    known = sorted(path.stem for path in folder.glob("lecture_*.py"))
    near = difflib.get_close_matches(Path(stem).name, known, n=3, cutoff=0.5)
    message = f"There is no lecture {typed!r} in {folder}."
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
        if folder not in sys.path:
            sys.path.insert(0, folder)
    try:
        module = importlib.import_module(lecture.module)
    except SyntaxError as error:
        raise LectureProblem(_syntax_sentence(error)) from None
    except ModuleNotFoundError as error:
        raise LectureProblem(_missing_module(error, lecture)) from None
    except Exception as error:
        raise LectureProblem(f"{_place(error, lecture)}: importing it raised {type(error).__name__}: {error}") from None
    main = getattr(module, "main", None)
    if not callable(main):
        raise LectureProblem(f"{lecture.path} has no main(): a lecture is a file with `def main():` that runs it.")
    needed = [
        parameter.name
        for parameter in inspect.signature(main).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if needed:
        raise LectureProblem(
            f"{lecture.path}: main() asks for {', '.join(needed)}, but is called with nothing; give it defaults."
        )
    return main  # type: ignore[no-any-return]


def _check_syntax(path: Path) -> None:
    try:
        with tokenize.open(path) as file:
            source = file.read()
        compile(source, str(path), "exec")
    except SyntaxError as error:
        raise LectureProblem(_syntax_sentence(error)) from None
    except UnicodeDecodeError as error:
        raise LectureProblem(f"{path} is not UTF-8 text ({error}); save it as UTF-8.") from None
    except ValueError as error:
        raise LectureProblem(f"{path} is not Python source: {error}.") from None
    except OSError as error:
        raise LectureProblem(f"{path} cannot be read: {error.strerror}.") from None


def _syntax_sentence(error: SyntaxError) -> str:
    sentence = f"{error.filename}:{error.lineno}: {error.msg}."
    if error.text:
        text = error.text.rstrip("\n")
        indent = len(text) - len(text.lstrip())
        caret = max(0, (error.offset or 1) - 1 - indent)
        sentence += f"\n    {text.strip()}\n    {' ' * caret}^"
    return sentence


def _missing_module(error: ModuleNotFoundError, lecture: Lecture) -> str:
    name = (error.name or "").split(".")[0]
    place = _place(error, lecture)
    if (lecture.path.parent / name).exists() or (lecture.root.parent / name).exists():
        return f"{place}: there is no module {error.name!r}; the folder {name} is there, but not that file in it."
    return (
        f"{place}: the package {name!r} is not installed. "
        f"Install it with `pip install {INSTALL_NAMES.get(name, name)}`, and add it to requirements.txt if the lecture stays."
    )


def _place(error: BaseException, lecture: Lecture) -> str:
    """The last line of the lecture's own files on the way to `error`."""
    own = [
        each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).is_relative_to(lecture.root)
    ]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else str(lecture.path)
