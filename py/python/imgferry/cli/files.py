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
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise broken(path, f"is not UTF-8 at byte {error.start}") from None
    findings: List[Problem] = []
    if path.endswith((".yaml", ".yml")):
        from .yaml import parse as parse_yaml

        data, findings = parse_yaml(path, text)
    else:
        data = parse(path, text)
    if not isinstance(data, dict):
        raise broken(path, "must hold an object")
    return data, findings


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
