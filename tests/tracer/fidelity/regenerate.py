"""Draw the programs of the corpus anew: `python -m tests.tracer.fidelity.regenerate [NAME …]`.

What changed is for a person to read, as a diff of `expected/`, against the programs: a drawing is right because somebody
compared it with what the program does, not because the engine made it.
"""

from __future__ import annotations

import sys

from tests.tracer.fidelity.running import NAMES, expectation, run_all


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"There is no program {', '.join(unknown)}.", file=sys.stderr)
        return 2
    changed = 0
    for name, run in run_all(names or NAMES).items():
        path = expectation(name)
        before = path.read_text(encoding="utf-8") if path.exists() else None
        if before != run.drawing:
            path.write_text(run.drawing, encoding="utf-8")
            print(f"{'new' if before is None else 'changed'}: {path.name}")
            changed += 1
    if not names:
        for path in expectation("any").parent.glob("*.txt"):
            if path.stem not in NAMES:
                path.unlink()
                print(f"removed: {path.name}")
    print(f"{changed} of {len(names or NAMES)} drawings changed. Read the difference before you commit it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
