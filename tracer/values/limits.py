"""How much of a value a picture may hold."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["FULL", "INSPECTED", "UNASKED", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one picture; whatever they leave out, the picture says so.

    `depth`: how many containers deep. `items`: of one container. `nodes`: values in the whole picture, besides the value
    itself. `characters`: of one string; all strings of a picture together hold about ten times as many. `elements`: an array
    of so many or fewer is held whole; a larger one as a sample of about `side` × `side`, which is also what all arrays of a
    picture share. `exact`: statistics read so many elements at most, and a sample of a larger array. `synchronize`: read
    arrays that lie on an accelerator too, which waits for it. `bytes`: of the picture's JSON, whatever is in it (1000 or
    more); a picture that the other bounds let grow larger is taken again with narrower ones.
    """

    depth: int = 4
    items: int = 100
    nodes: int = 400
    characters: int = 2_000
    elements: int = 256
    side: int = 32
    exact: int = 1_000_000
    synchronize: bool = False
    bytes: int = 50_000

    def narrower(self) -> Limits:
        """The same for a picture about a quarter as large."""
        return replace(
            self,
            items=self.items // 2,
            nodes=self.nodes // 4,
            characters=self.characters // 4,
            elements=self.elements // 4,
            side=self.side // 2,
        )


UNASKED = Limits()
"""Of what is shown though nobody asked: arguments, returned values."""

INSPECTED = Limits(synchronize=True)
"""Of what an `@inspect` asks for."""

FULL = replace(
    INSPECTED, depth=8, items=1_000, nodes=4_000, characters=50_000, elements=65_536, side=256, bytes=2_000_000
)
"""Of what a `@full` asks for: arrays of up to 65,536 elements whole, in at most 2 MB of JSON: a float64 may take 25 bytes."""
