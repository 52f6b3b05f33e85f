#!/bin/sh
# Lectures on a Slurm cluster: ./remote_execute.sh lecture_01 [lecture_02 …]. docs/cluster.md says the rest.
project=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-$project/.venv/bin/python}
[ -n "${PYTHON:-}" ] || [ -x "$python" ] || python=python3
PYTHONPATH=$project${PYTHONPATH:+:$PYTHONPATH} exec "$python" -m tracer.cluster "$@"
