"""Prints the form of plans, reports or events as a JSON Schema, for editors and validators.

  imgferry schema plan > plan.schema.json       # then, as the first line of a plan in YAML:
  # yaml-language-server: $schema=plan.schema.json
"""

from __future__ import annotations

import argparse
import json
from typing import Any, Dict, List, Literal, Union, get_args, get_origin, get_type_hints

from .. import plan_schema, types
from .output import Output

HELD = {"report": types.Report, "event": types.Event}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("of", nargs="?", choices=("plan", *HELD), default="plan", help="whose form (default: plan); events are what --output json tells on stderr")


def run(options: argparse.Namespace, output: Output) -> int:
    schema = json.loads(plan_schema()) if options.of == "plan" else of_record(options.of)
    output.result(schema, json.dumps(schema, ensure_ascii=False, indent=2))
    return 0


def of_record(name: str) -> Dict[str, Any]:
    """The schema of a record that the package hands out, from its type."""
    definitions: Dict[str, Any] = {}
    whole = of(HELD[name], definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"{'A report' if name == 'report' else 'An event'} of imgferry",
        **whole,
        "definitions": definitions,
    }


#: Types that JSON has a word for.
WORDS = {str: "string", int: "integer", bool: "boolean", float: "number", type(None): "null"}


def of(kind: Any, definitions: Dict[str, Any]) -> Dict[str, Any]:
    """The schema of a type; records that are met go into the definitions."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return {}
    if kind in WORDS:
        return {"type": WORDS[kind]}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is Union:
        return {"anyOf": [of(one, definitions) for one in inner]}
    if origin is list:
        return {"type": "array", "items": of(inner[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": of(inner[1], definitions)}
    if hasattr(kind, "__required_keys__"):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}
            definitions[kind.__name__] = of_fields(kind, definitions)
        return {"$ref": f"#/definitions/{kind.__name__}"}
    raise TypeError(f"there is no JSON for {kind}")


def of_fields(kind: Any, definitions: Dict[str, Any]) -> Dict[str, Any]:
    fields = {name: of(each, definitions) for name, each in get_type_hints(kind).items()}
    required: List[str] = sorted(kind.__required_keys__)
    # Fields may come, so others are no fault.
    return {"type": "object", "properties": fields, "required": required}
