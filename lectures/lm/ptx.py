"""Reading PTX, the assembly that NVIDIA's compiler takes: which instructions there are, and which line of source made them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Instruction", "cleaned", "inner_loop", "instructions", "opcodes", "shortened"]

PLACE = re.compile(r"\.loc\s+\d+\s+(\d+)")
INLINED = re.compile(r"inlined_at\s+\d+\s+(\d+)")
LABEL = re.compile(r"(\$\w+):")
PREDICATE = re.compile(r"@!?%p\d+\s+")


@dataclass(frozen=True)
class Instruction:
    """`line`: of the source, 0 where it is not known; `text`: without the semicolon; `label`: whether it only names a place."""

    line: int
    text: str
    label: bool = False


def cleaned(ptx: str) -> str:
    """One function of PTX without comments, blank lines, and what is there for debuggers alone; the lines of the source stay."""
    lines = []
    for line in ptx.splitlines():
        bare = line.split("//")[0].strip()
        if not bare or (bare.startswith("$L__") and not bare.startswith("$L__BB")):
            continue
        lines.append(bare)
        if bare == "}" and any(kept.startswith("ret;") for kept in lines):
            break  # what follows describes the source
    return "\n".join(lines)


def instructions(ptx: str) -> list[Instruction]:
    """What is executed, and the labels that are jumped to, in order."""
    found = []
    line, inside = 0, False
    for bare in cleaned(ptx).splitlines():
        if bare.startswith(".loc"):
            place = INLINED.search(bare) or PLACE.match(bare)
            line = int(place.group(1)) if place else 0
        elif bare == "{":
            inside = True
        elif label := LABEL.match(bare):
            found.append(Instruction(line, label.group(1), label=True))
        elif inside and bare not in "{}" and not bare.startswith("."):
            found.append(Instruction(line, bare.rstrip(";")))
    return found


def opcodes(listing: Iterable[Instruction]) -> Counter[str]:
    """How often each instruction stands there: "ld.global.v4.b32", "fma.rn.ftz.f32", …"""
    return Counter(opcode(one) for one in listing if not one.label)


def opcode(instruction: Instruction) -> str:
    return PREDICATE.sub("", instruction.text).split()[0]


def inner_loop(listing: Sequence[Instruction], wanted: str) -> list[Instruction]:
    """The shortest loop that holds an instruction beginning with `wanted`: from its label to the jump back. Empty if none."""
    labels = {one.text: index for index, one in enumerate(listing) if one.label}
    loops = []
    for index, one in enumerate(listing):
        if not one.label and opcode(one).startswith("bra"):
            target = labels.get(one.text.split()[-1], index)
            loop = list(listing[target : index + 1])
            if any(not inner.label and opcode(inner).startswith(wanted) for inner in loop):
                loops.append(loop)
    return min(loops, key=len, default=[])


def shortened(text: str, registers: int = 4) -> str:
    """A list of many registers by its first ones: {%r1, %r2, …, %r64}."""

    def few(match: re.Match[str]) -> str:
        names = [name.strip() for name in match.group(1).split(",")]
        shown = names if len(names) <= registers else [*names[: registers - 2], "…", names[-1]]
        return "{" + ", ".join(shown) + "}"

    return re.sub(r"\{([^{}]*)\}", few, text)
