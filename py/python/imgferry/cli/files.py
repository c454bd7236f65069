"""Plans and scenarios: JSON, or YAML with the cli extra."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from ..error import Error
from .json import broken, parse

if TYPE_CHECKING:
    from ..types import Problem


def load(path: str) -> Tuple[Dict[str, Any], List[Problem]]:
    """The object in a file, and what YAML reads otherwise than it looks. Raises ``Error`` naming the line at fault."""
    text = decoded(path, Path(path).read_bytes())
    findings: List[Problem] = []
    if path.lower().endswith((".yaml", ".yml")):
        from .yaml import parse as parse_yaml

        data, findings = parse_yaml(path, text)
    else:
        data = as_json(path, text)
    if not isinstance(data, dict):
        raise broken(path, "must hold an object")
    return data, findings


def as_json(path: str, text: str) -> Any:
    """The value in a JSON text; ``path`` is what errors call it. YAML is told by the name of its file."""
    try:
        return parse(path, text)
    except Error as error:
        if not path.lower().endswith(".json"):
            error.hint, error.hint_zh = f"{error.hint}; YAML is read from files that end with .yaml or .yml", f"{error.hint_zh}；YAML 文件名须以 .yaml 或 .yml 结尾"
        raise


def decoded(path: str, raw: bytes) -> str:
    """A text as editors and shells write it: UTF-8, or UTF-16 where its mark says so, as PowerShell's ``>`` does."""
    if raw.startswith(b"\x1f\x8b"):
        raise broken(path, "is packed by gzip: unpack it first")
    name, encoding = ("UTF-16", "utf-16") if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("UTF-8", "utf-8-sig")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise broken(path, f"is not {name} at byte {error.start}") from None


def refusal(path: str, problems: List[Problem]) -> Error:
    """All findings about a file as one error."""
    wrong = [problem for problem in problems if problem["severity"] == "error"]
    first = wrong[0]
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return Error(
        f"{path}: {first['path']}: {first['message']}{more}",
        code=first["rule"],
        hint="correct the file; nothing was sent",
        hint_zh=f"{first['message_zh']}；请修正该文件，未发送任何请求",
        problems=problems,
    )
