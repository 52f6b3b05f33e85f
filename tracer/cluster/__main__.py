"""`python -m tracer.cluster`, behind ./remote_execute.sh."""

from __future__ import annotations

import sys

try:
    from tracer.cluster.cli import main
except ModuleNotFoundError as missing:
    sys.exit(
        f"This needs the package {missing.name}: pip install -r requirements.txt, or say with PYTHON=… where it is."
    )

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
