"""Write everything that is derived from the schema: `python -m tracer.format.generate` (with `--check`: only compare).

JSON Schema → `trace.schema.json` beside this file; its TypeScript → `trace-viewer/src/format/generated.ts` (through
json-schema-to-typescript, from the viewer's node_modules); a page for readers → `docs/trace-format.md`.
"""

from __future__ import annotations

import argparse
import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tracer.format import schema

ROOT = Path(__file__).resolve().parents[2]
SCHEMA_FILE = ROOT / "tracer/format/trace.schema.json"
TYPES_FILE = ROOT / "trace-viewer/src/format/generated.ts"
DOCS_FILE = ROOT / "docs/trace-format.md"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft-07 in its tuples, which is what the TypeScript generator reads) of a trace."""
    whole = msgspec.json.schema(schema.Trace)
    definitions = whole["$defs"]
    columns = definitions["Trace"]["properties"]
    unions = {"Value": columns["values"]["items"], "Output": columns["outputs"]["items"]}
    named = {json.dumps(union): f"#/$defs/{name}" for name, union in unions.items()}

    def tidy(node: Any) -> Any:
        if isinstance(node, list):
            return [tidy(item) for item in node]
        if not isinstance(node, dict):
            return node
        reference = named.get(json.dumps(node))
        if reference:
            return {"$ref": reference}
        node = {key: tidy(value) for key, value in node.items() if key != "discriminator"}
        if isinstance(node.get("description"), str):
            node["description"] = inspect.cleandoc(node["description"])  # Python 3.13 does so by itself
        if "prefixItems" in node:
            node["items"] = node.pop("prefixItems")
            node["additionalItems"] = False
        return node

    tidied = {name: tidy(definition) for name, definition in definitions.items()}
    for name, union in unions.items():
        members = [tidy(inner) for member in union["anyOf"] for inner in member.get("anyOf", [member])]
        tidied[name] = {"title": name, "anyOf": members}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Trace",
        "$ref": "#/$defs/Trace",
        "$defs": tidied,
    }


def types() -> str:
    """The TypeScript types, made from the JSON Schema file as it is on disk. Columns have a type of the viewer's own."""
    described = json.loads(SCHEMA_FILE.read_text())
    for definition in described["$defs"].values():
        if definition.get("description", "").startswith("Table: "):
            for column in definition["properties"].values():
                column["tsType"] = "Column"
    command = ["npx", "--no-install", "json2ts", "--unreachableDefinitions"]
    made = subprocess.run(
        command,
        cwd=ROOT / "trace-viewer",
        input=json.dumps(described),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        sys.exit(f"json-schema-to-typescript failed; run `npm ci` in trace-viewer first.\n{made.stderr.strip()}")
    constants = f'export const FORMAT = "{schema.FORMAT}";\nexport const VERSION = {schema.VERSION};\n'
    constants += "".join(
        f"export const {name} = {number};\n"
        for name, number in vars(schema).items()
        if name.startswith(("END_", "ROLE_", "ACCESS_")) and isinstance(number, int)
    )
    return "// Generated from tracer/format/schema/ by `python -m tracer.format.generate`. Do not edit.\n\n" + (
        'import type { Column } from "./column";\n\n'
        + constants
        + "\n"
        + "\n".join(line for line in made.stdout.splitlines() if not line.startswith("/* eslint"))
        + "\n"
    )


def page() -> str:
    """The reference page: the module's own words, then each type with its fields."""
    lines = ["# The trace format", "", f"Version {schema.VERSION}. Generated from `tracer/format/schema/`.", ""]
    lines += [inspect.getdoc(schema) or "", ""]
    for name, definition in json_schema()["$defs"].items():
        lines += [f"## {name}", ""]
        described = definition.get("description") or {
            "Value": "A bounded picture of any Python value. Whatever JSON says exactly is plain JSON.",
            "Output": "What an authoring function put on the page.",
        }.get(name)
        if described:
            lines += [described, ""]
        if "anyOf" in definition:
            lines += ["One of: " + ", ".join(_type_name(member) for member in definition["anyOf"]) + ".", ""]
            continue
        required = set(definition.get("required", ()))
        lines += ["| field | type | |", "|---|---|---|"]
        for field, spec in definition["properties"].items():
            default = "" if field in required else f"default `{json.dumps(spec.get('default'))}`"
            lines.append(f"| `{field}` | {_type_name(spec)} | {default} |")
        lines.append("")
    return "\n".join(lines)


def _type_name(spec: dict[str, Any]) -> str:
    if "$ref" in spec:
        name = spec["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "enum" in spec:
        return " or ".join(f"`{json.dumps(choice)}`" for choice in spec["enum"])
    if "anyOf" in spec:
        return " or ".join(_type_name(member) for member in spec["anyOf"])
    if spec.get("type") == "array":
        items = spec.get("items", {})
        if isinstance(items, list):
            return "[" + ", ".join(_type_name(item) for item in items) + "]"
        return f"list of {_type_name(items)}"
    if spec.get("type") == "object":
        values = spec.get("additionalProperties")
        return f"object of {_type_name(values)}" if isinstance(values, dict) and values else "object"
    return str(spec.get("type", "any JSON"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tracer.format.generate", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is out of date")
    check = parser.parse_args().check
    stale = []
    makers: dict[Path, Callable[[], str]] = {
        SCHEMA_FILE: lambda: json.dumps(json_schema(), indent=1) + "\n",
        TYPES_FILE: types,
        DOCS_FILE: page,
    }
    for path, make in makers.items():
        text = make()
        if path.exists() and path.read_text() == text:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if stale and check:
        sys.exit(f"Out of date with tracer/format/schema/: {', '.join(stale)}. Run `python -m tracer.format.generate`.")
    print("\n".join(f"wrote {name}" for name in stale) or "up to date")


if __name__ == "__main__":
    main()
