# Makes the virtual environment .venv with a Python that is new enough: $1, or else another one on the PATH.
set -eu
for python in "$1" python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$python" -m venv .venv && exit 0
        rm -rf .venv
        echo "$python could not make a virtual environment (above is why): on Debian and Ubuntu, apt install python3-venv." >&2
        exit 1
    fi
done
found=$("$1" --version 2>/dev/null || true)
echo "Python 3.11 or newer is needed, and $1 is ${found:-missing}: install one, or name it with PYTHON=…" >&2
exit 1
