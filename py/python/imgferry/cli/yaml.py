"""YAML 1.2 as JSON: what is no JSON, or likely means something else than it looks, is a finding with its line."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Dict, List, Tuple, Union

from ..error import Error
from .json import broken

if TYPE_CHECKING:
    from ..types import Problem

TAG = "tag:yaml.org,2002:"
#: Plain values that look like text and are something else.
LOOKS = {
    "timestamp": ("a date", "日期"),
    "float": ("no finite number", "非有限数值"),
    "binary": ("bytes", "二进制数据"),
    "int": ("a number", "数字"),
    "bool": ("true or false", "布尔值"),
}
#: Fields that are texts wherever they stand: a version or a day of digits alone is meant as one.
TEXTS = ("cloud", "image", "from", "region", "name", "description")


def parse(path: str, text: str) -> Tuple[Any, List[Problem]]:
    """The value in a YAML text, and what is wrong with its types."""
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError
        from ruamel.yaml.reader import ReaderError
    except ImportError:
        raise Error(
            f"{path} is YAML, which needs the cli extra",
            code="extra",
            hint="pip install 'imgferry[cli]', or write the file as JSON",
            hint_zh="请执行 pip install 'imgferry[cli]'，或改用 JSON 文件",
        ) from None
    yaml = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = Reader(yaml)
            return reader.value(yaml.compose(text), ""), reader.findings
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise broken(path, f"is not YAML: {error.problem or error.context}{where}") from None
    except ReaderError as error:
        before = text[: error.position].split("\n")
        raise broken(path, f"is not YAML: U+{ord(text[error.position]):04X} in line {len(before)}, column {len(before[-1]) + 1} is not allowed") from None
    except RecursionError:
        raise broken(path, "is nested too deeply") from None
    except (YAMLError, YAMLStreamError, ValueError) as error:
        raise broken(path, f"is not YAML: {type(error).__name__}") from None


class Reader:
    """Turns nodes into values. A node that several places share is turned once, however often it is repeated."""

    def __init__(self, yaml: Any) -> None:
        self.yaml = yaml
        self.made: Dict[int, Any] = {}
        self.findings: List[Problem] = []

    def value(self, node: Any, path: str) -> Any:
        """The value of a node, which stands at a path such as ``copies[0].name``."""
        if node is None:
            return None
        if id(node) not in self.made:
            self.made[id(node)] = self
            self.made[id(node)] = self.made_of(node, path)
        elif self.made[id(node)] is self:
            self.find(node, path, "yaml.alias", "an alias stands in what it repeats", "别名引用了包含它自身的内容")
            return None
        return self.made[id(node)]

    def made_of(self, node: Any, path: str) -> Any:
        kind = str(node.ctag) if hasattr(node, "ctag") else str(node.tag)
        name = kind[len(TAG) :] if kind.startswith(TAG) else kind
        if name == "seq":
            return [self.value(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
        if name == "map":
            return self.mapping(node, path)
        if name == "str":
            return node.value
        if name == "null":
            return None
        if name == "bool":
            return node.value.lower() in ("true", "yes", "on", "y")
        if name in ("int", "float"):
            return self.number(node, name, path)
        if name in LOOKS:
            return self.otherwise(node, name, path)
        self.find(node, path, "yaml.tag", f"the tag {name} has no meaning here; leave it out", f"标签 {name} 在此无意义，请删除")
        return node.value if isinstance(node.value, str) else None

    def mapping(self, node: Any, path: str) -> Dict[str, Any]:
        merged: Dict[str, Any] = {}
        own: Dict[str, Any] = {}
        for key, item in node.value:
            tag = str(key.tag)
            name = key.value if isinstance(key.value, str) else "?"
            place = f"{path}.{name}" if path else name
            if tag == f"{TAG}merge":
                for base in item.value if str(item.tag) == f"{TAG}seq" else [item]:
                    value = self.value(base, path)
                    merged = {**(value if isinstance(value, dict) else {}), **merged}
            elif tag != f"{TAG}str":
                self.find(key, place, "yaml.key", f"YAML reads the key {name} as no text; write it in quotes", f"YAML 未将键 {name} 读作文本，请加引号")
            elif key.value in own:
                self.find(key, place, "yaml.key", f"the key {key.value!r} is there twice", f"键 {key.value!r} 重复出现")
            else:
                value = self.value(item, place)
                if key.value in TEXTS and isinstance(value, (int, float)):
                    value = self.otherwise(item, "bool" if isinstance(value, bool) else "int", place)
                own[key.value] = value
        return {**merged, **own}

    def number(self, node: Any, name: str, path: str) -> Union[int, float, str, None]:
        try:
            made: Union[int, float] = getattr(self.yaml.constructor, f"construct_yaml_{name}")(node)
        except ValueError:
            # More digits than Python reads.
            return self.otherwise(node, "float", path)
        if isinstance(made, int):
            return made
        return made if made - made == 0 else self.otherwise(node, name, path)

    def otherwise(self, node: Any, name: str, path: str) -> str:
        """A value that is taken for something else than the text that it looks like."""
        (en, zh), told = LOOKS[name], node.value if len(node.value) <= 80 else f"{node.value[:80]}…"
        self.find(node, path, "yaml.type", f"YAML reads {told} as {en}; write it in quotes", f"YAML 将 {told} 读作{zh}，请加引号")
        return str(node.value)

    def find(self, node: Any, path: str, rule: str, message: str, message_zh: str) -> None:
        line = node.start_mark.line + 1
        told, told_zh = f"line {line}: {message}", f"第 {line} 行：{message_zh}"
        self.findings.append({"rule": rule, "path": path, "severity": "error", "message": told, "message_zh": told_zh, "vendor_code": None})
