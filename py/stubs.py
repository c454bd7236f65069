"""Writes the generated files of the Python package; with --check it only says whether they are fresh.

- ``_imgferry.pyi``: signatures read by maturin out of the built module, with an overload per operation;
- ``params/<cloud>.py``: the parameters of every operation as TypedDicts, from the operation tables;
- ``params/plan.py``: the form of a plan as TypedDicts, from its schema;
- ``words.py``: the closed sets of words, the clouds first, from the enums of the core.
"""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List

from imgferry import operations, plan_schema

if TYPE_CHECKING:
    from imgferry.types import Field, Operation

PACKAGE = Path(__file__).parent / "python" / "imgferry"
ROOT = Path(__file__).parent.parent
#: Name and words of every closed set.
WORDS = json.loads(subprocess.run(["cargo", "run", "-q", "-p", "imgferry", "--example", "tables"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)["words"]
CLOUDS = WORDS["Cloud"]
#: Functions of the native module whose parameters depend on the operation.
OVERLOADED = ("build", "check")
TYPES = {"text": "str", "integer": "int", "boolean": "bool", "texts": "List[str]"}


def main() -> int:
    files = {PACKAGE / "_imgferry.pyi": native_stub(), PACKAGE / "words.py": words_module(), PACKAGE / "params" / "plan.py": plan_module()}
    for cloud in CLOUDS:
        files[PACKAGE / "params" / f"{cloud}.py"] = params_module(cloud)
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            sys.stderr.write("\n".join(difflib.unified_diff(old, files[path].splitlines(), path.name, "fresh", lineterm="")) + "\n")
            sys.stderr.write(f"{path.name} is stale: run `make generate`\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(files[path], encoding="utf-8")
        print(f"wrote {path}")
    return 0


def native_stub() -> str:
    """What maturin finds in the module, plus the imports and overloads that only we know."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(["maturin", "generate-stubs", "-q", "-F", "stubs", "--profile", "dev", "-o", out], check=True)
        text = next(Path(out).rglob("_imgferry.pyi")).read_text(encoding="utf-8")
    text = re.sub(r"^from typing import (.*)$", lambda found: imports(found[1].split(", ")), text, count=1, flags=re.M)
    # Annotations that pyo3 could not know stand in quotes, which a stub does not need.
    text = re.sub(r'(: |-> )"([^"\n]+)"', r"\1\2", text)
    for name in OVERLOADED:
        text = overload(text, name)
    return text.rstrip() + "\n"


def imports(found: List[str]) -> str:
    """What maturin imports, and what only our annotations need."""
    names = sorted({*found, "Any", "Callable", "Literal", "Mapping", "NoReturn", "Sequence", "overload"}, key=str.swapcase)
    return f"""from typing import {", ".join(names)}

from .params import {", ".join(sorted(CLOUDS))}
from .types import Diagnosis, Event, Evidence, Explanation, Headers, Lost, Need, Operation, Problem, Region, Reply, Report, Row, Rule, Verified"""


def overload(text: str, name: str) -> str:
    """Replaces a function by one overload per operation, so that a literal name brings its own parameters."""
    match = re.search(rf"^def {name}\((?P<arguments>.*)\) -> (?P<result>.*):\n(?P<doc>(    .*\n)+)", text, re.M)
    if match is None:
        raise SystemExit(f"the native module has no function {name}")
    variants: List[str] = []
    for cloud in CLOUDS:
        for operation in operations(cloud):
            arguments = match["arguments"]
            arguments = arguments.replace("cloud: str", f'cloud: Literal["{cloud}"]')
            arguments = arguments.replace("operation: str", f'operation: Literal["{operation["name"]}"]')
            arguments = arguments.replace("params: Mapping[str, Any]", f"params: {cloud}.{operation['name']}")
            body = " ..." if variants else f"\n{match['doc'].rstrip()}"
            variants.append(f"@overload\ndef {name}({arguments}) -> {match['result']}:{body}\n")
    return text.replace(match[0], "\n".join(variants))


def words_module() -> str:
    lines = ['"""Closed sets of words, the same in every language. Generated: run `make generate`."""', "", "from typing import Literal", ""]
    lines += [f"{name} = Literal[{', '.join(json.dumps(word) for word in words)}]" for name, words in sorted(WORDS.items())]
    return "\n".join(lines) + "\n"


def plan_module() -> str:
    """The form of a plan. Records of parameters stay open: those of each operation have types of their own."""
    schema = json.loads(plan_schema())
    lines = ['"""The form of a plan: ``plan: imgferry.params.plan.Plan = {...}``. Generated: run `make generate`."""', ""]
    lines += ["from typing import Any, Dict, List, Literal, Optional, TypedDict, Union", ""]
    wanted = {name: record for name, record in schema["definitions"].items() if "properties" in record and "." not in name}
    for name, record in [*sorted(wanted.items(), key=lambda item: order(item[0], wanted)), ("Plan", schema)]:
        required = record.get("required", [])
        fields: Dict[bool, List[str]] = {True: [], False: []}
        for field, shape in record["properties"].items():
            fields[field in required] += [f"        # {shape['description']}"] * ("description" in shape) + [f'        "{field}": {python_type(shape)},']
        lines += halves(name, record.get("description", ""), fields)
    return "\n".join(lines).rstrip() + "\n"


def order(name: str, records: Dict[str, Any]) -> "tuple[int, str]":
    """Behind the records that it is made of."""
    inner = {found for found in re.findall(r"#/definitions/(\w+)", json.dumps(records[name]["properties"])) if found in records}
    return 1 + max((order(found, records)[0] for found in inner), default=0), name


def python_type(shape: Dict[str, Any]) -> str:
    """The type of a value of that schema."""
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        return {"Duration": "str", "Template": "Optional[str]"}.get(name, f'"{name}"')
    if "allOf" in shape:
        return python_type(shape["allOf"][0])
    if "anyOf" in shape:
        return f"Union[{', '.join(python_type(one) for one in shape['anyOf'])}]"
    if "enum" in shape:
        return f"Literal[{', '.join(json.dumps(word) for word in shape['enum'])}]"
    kind = shape.get("type")
    if isinstance(kind, list):
        inner = ", ".join(python_type({**shape, "type": one}) for one in kind if one != "null")
        return f"Optional[{inner}]" if "null" in kind else f"Union[{inner}]"
    if kind == "array":
        return f"List[{python_type(shape['items'])}]"
    if kind == "object":
        values = {python_type(value) for value in shape.get("properties", {}).values()}
        more = shape.get("additionalProperties")
        values |= {python_type(more)} if isinstance(more, dict) else set()
        return f"Dict[str, {values.pop() if len(values) == 1 else 'Any'}]"
    return {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}.get(str(kind), "Any")


def params_module(cloud: str) -> str:
    lines = [f'"""Parameters of the operations of {cloud}, under the vendor\'s own names. Generated: run `make generate`."""', ""]
    table = operations(cloud)
    lines += ["from typing import List, TypedDict", ""]
    for name, record in sorted(records(table).items()):
        lines += typed_dict(name, record["doc"], record["fields"] or [])
    for operation in table:
        lines += typed_dict(operation["name"], operation["doc"], operation["fields"])
    return "\n".join(lines) + "\n"


def records(table: List[Operation]) -> dict[str, Field]:
    """The records that parameters are made of, by name, inner ones included."""

    def walk(fields: List[Field]) -> Iterator[Field]:
        for field in fields:
            if field["fields"]:
                yield field
                yield from walk(field["fields"])

    return {field["record"] or "": field for operation in table for field in walk(operation["fields"])}


def typed_dict(name: str, doc: str, fields: List[Field]) -> List[str]:
    """A TypedDict made of a required and an optional half: this works from Python 3.9 on, and with names like ``__imagetype``."""
    return halves(name, doc, {total: [entry(field) for field in fields if field["required"] == total] for total in (True, False)})


def halves(name: str, doc: str, fields: Dict[bool, List[str]]) -> List[str]:
    lines: List[str] = []
    made: List[str] = []
    for suffix, total in (("Required", True), ("Optional", False)):
        if fields[total] or (suffix == "Optional" and not made):
            made.append(f"_{name}{suffix}")
            lines += ["", f"{made[-1]} = TypedDict(", f'    "{made[-1]}",', "    {", *fields[total], "    },", f"    total={total},", ")"]
    first, *rest = doc.splitlines() or [""]
    docs = [f'    """{first}'] + [f"    {line.strip()}".rstrip() for line in rest]
    docs[-1] += '"""' if not rest else '\n    """'
    return [*lines, "", "", f"class {name}({', '.join(made)}):", *docs, ""]


def entry(field: Field) -> str:
    shape = f"List[{field['record']}]" if field["shape"] == "objects" else TYPES[field["shape"]]
    comment = "\n".join(f"        # {line.strip()}".rstrip() for line in field["doc"].splitlines())
    return f'{comment}\n        "{field["name"]}": {shape},'


if __name__ == "__main__":
    sys.exit(main())
