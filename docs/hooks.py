"""Pages that the build makes from the tables of the code: rules, error codes, regions, the command line, plans, scenarios."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterator, List

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
NAMES = {
    "en": {"tencent": "Tencent Cloud", "volcengine": "Volcengine", "huawei": "Huawei Cloud", "plan": "plans and parameters", "own": "imgferry itself"},
    "zh": {"tencent": "腾讯云", "volcengine": "火山引擎", "huawei": "华为云", "plan": "计划与参数", "own": "imgferry 自身"},
}
#: What a page says in both languages.
TEXTS = {
    "rules": ("Rules: {0}", "{0}：规则"),
    "rules.about": (
        "Every documented constraint that is checked before anything is sent. An *error* is refused, a *warning* is sent all the same, "
        "a *note* is worth knowing. The code is the vendor's own for the same mistake. Words in braces stand for what was given.",
        "发送前检查的每一条文档约束。*error* 会被拒绝，*warning* 仍会发送，*note* 仅供参考。代码为厂商对同一错误的错误码。花括号中的词代表实际填写的内容。",
    ),
    "errors": ("Error codes: {0}", "{0}：错误码"),
    "errors.about": (
        "What each code means and the next step. *Retry* tells whether the same request may go out again: `backoff` after a wait, since "
        "the cloud certainly did not act; `unsure` for reads, while a launch is looked for first; `clock` once, by the cloud's clock; "
        "`credentials` with other keys; `never` as it is. `imgferry explain CODE` tells the same.",
        "每个错误码的含义与下一步。*重试* 指同一请求能否再次发送：`backoff` 等待后可以，云平台肯定未执行；`unsure` 仅读取可以，"
        "发起复制须先查看结果；`clock` 按云平台时间重签一次；`credentials` 更换密钥后；`never` 不可。`imgferry explain 错误码` 给出同样内容。",
    ),
    "who": ("who mends it", "由谁处理"),
    "retry": ("retry", "重试"),
    "wait": ("at least {0} s", "至少 {0} 秒"),
    "next": ("Next", "下一步"),
    "any": ("any operation", "所有操作"),
    "regions": ("Regions", "地域"),
    "regions.about": (
        "The regions known. One that is not listed is a warning, never refused: the cloud may be newer than this table.",
        "已知地域。不在表中的地域只给出警告，不会拒绝：云平台可能比此表更新。",
    ),
    "regions.head": ("| id | name | class |", "| ID | 名称 | 类别 |"),
}
SCHEMA = (
    "A plan is a JSON or YAML document. As JSON Schema, for editors: `imgferry.plan_schema()` in Python, `imgferry/plan.schema.json` on npm, "
    "`Plan::schema()` in Rust.\n\n"
)
KINDS = {
    "auth": "身份验证", "permission": "权限", "throttled": "限流", "quota": "配额", "not_found": "未找到", "invalid": "参数错误",
    "conflict": "冲突或占用", "unsupported": "不支持", "server": "服务端故障", "protocol": "协议", "misuse": "用法错误",
}  # fmt: skip
OWNERS = {"caller": "调用者", "account": "账号管理员", "cloud": "云平台"}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    # `make bench` writes it.
    if config.nav and (Path(config.docs_dir) / "figures.md").exists():
        config.nav.append({"Figures": "figures.md"})
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    zh = config.theme["language"] == "zh"
    for path, text in pages(zh):
        files.append(File.generated(config, path, content=text))
    return files


def pages(zh: bool) -> Iterator["tuple[str, str]"]:
    """Path and Markdown of every page that is made."""
    tables = catalogues()
    names = NAMES["zh" if zh else "en"]
    for cloud, table in tables.items():
        if "rules" in table:
            yield f"reference/rules/{cloud}.md", rules(names[cloud], table["rules"], zh)
        if "codes" in table:
            yield f"reference/errors/{cloud}.md", errors(names[cloud], table["codes"], zh)
    yield "reference/regions.md", regions(tables, zh)
    if not zh:
        yield "reference/command-line.md", command_line()
        yield "reference/plan.md", "# Plans\n\n" + SCHEMA + documentation("core/src/plan/mod.rs", "# The format") + "\n\n## Policy\n\n" + policy()
        yield "reference/simulator.md", scenario()


@lru_cache(maxsize=None)
def catalogues() -> Dict[str, Dict[str, List[Dict[str, Any]]]]:
    """The tables of the core."""
    ran = subprocess.run(["cargo", "run", "-q", "-p", "imgferry", "--example", "catalogues"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    tables: Dict[str, Dict[str, List[Dict[str, Any]]]] = json.loads(ran.stdout)
    return tables


def say(key: str, zh: bool, *values: object) -> str:
    return TEXTS[key][zh].format(*values)


def plain(text: str) -> str:
    """A text of a table as Markdown that shows it as it is."""
    return re.sub(r"([\\`*_<>|\[\]#])", r"\\\1", text)


def rules(name: str, rows: List[Dict[str, Any]], zh: bool) -> str:
    """Rules by the operation that they are about."""
    groups: Dict[str, List[Dict[str, Any]]] = {}
    for row in rows:
        parts = row["id"].split(".")
        about = parts[1] if len(parts) > 2 and parts[1][0].isupper() else ""
        groups.setdefault(about, []).append(row)
    out = [f"# {say('rules', zh, name)}\n", say("rules.about", zh), ""]
    for about in sorted(groups):
        out += [f"## {about or say('any', zh)}\n"]
        for row in groups[about]:
            code = f" · `{row['code']}`" if row["code"] else ""
            message = row["message_zh"] if zh else row["message"]
            out += [f"`{row['id']}`{{ #{anchor(row['id'])} }} · *{row['severity']}*{code}", f":   {plain(message)}", ""]
    return "\n".join(out)


def errors(name: str, rows: List[Dict[str, Any]], zh: bool) -> str:
    """Codes by their kind."""
    groups: Dict[str, List[Dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["kind"], []).append(row)
    out = [f"# {say('errors', zh, name)}\n", say("errors.about", zh), ""]
    for kind, group in groups.items():
        out += [f"## {KINDS[kind] if zh else kind.replace('_', ' ')}\n"]
        for row in group:
            wait = f", {say('wait', zh, row['wait_ms'] // 1000)}" if row["wait_ms"] else ""
            owner = OWNERS[row["owner"]] if zh else row["owner"]
            cause, step = (row["cause_zh"], row["next_zh"]) if zh else (row["cause"], row["next"])
            out += [
                f"`{row['code']}`{{ #{anchor(row['code'])} }} · {say('retry', zh)}: `{row['retry']}`{wait} · {say('who', zh)}: {owner}",
                f":   {plain(cause)}{'。' if zh else '.'} {say('next', zh)}: {plain(step)}{'。' if zh else '.'}",
                "",
            ]
    return "\n".join(out)


def anchor(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text)


def regions(tables: Dict[str, Dict[str, List[Dict[str, Any]]]], zh: bool) -> str:
    out = [f"# {say('regions', zh)}\n", say("regions.about", zh)]
    for cloud, table in tables.items():
        if "regions" in table:
            out += [f"\n## {NAMES['zh' if zh else 'en'][cloud]}\n", say("regions.head", zh), "|---|---|---|"]
            out += [f"| `{row['id']}` | {row['name_zh'] if zh else row['name']} | {row['class']} |" for row in table["regions"]]
    return "\n".join(out)


def command_line() -> str:
    """The help of every command."""
    sys.path.insert(0, str(ROOT / "py/python"))
    from imgferry.cli import COMMANDS

    out = ["# Command line\n", "What `--help` says of each command.\n", "## imgferry\n", fence(help_of([]))]
    for command in COMMANDS:
        out += [f"## {command}\n", fence(help_of([command]))]
    return "\n".join(out)


def help_of(arguments: List[str]) -> str:
    command = [sys.executable, "-m", "imgferry", *arguments, "--help"]
    return subprocess.run(command, cwd=ROOT / "py/python", env={**os.environ, "LANG": "C.UTF-8", "COLUMNS": "100"}, check=True, stdout=subprocess.PIPE, text=True).stdout


def fence(text: str) -> str:
    return f"```text\n{text.strip()}\n```\n"


def documentation(path: str, begin: str) -> str:
    """The text of a file's own documentation from that line on; links to items of the crate become their names."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    text = [line[3:].removeprefix(" ") for line in lines if line.startswith("//!")]
    text = text[text.index(begin) + 1 :]
    return "\n".join(without_items(text)).strip()


def without_items(lines: List[str]) -> Iterator[str]:
    for line in lines:
        yield re.sub(r"\[(`[^`]+`)\](\([^)]*\))?", r"\1", line)


def policy() -> str:
    """The numbers of a plan's policy, with the defaults that the core tells."""
    sys.path.insert(0, str(ROOT / "py/python"))
    from imgferry.cli.policy import FIELDS, defaults, written

    usual = defaults()
    rows = [f"| `{name}` | {metavar.lower().replace('|', ' or ')} | `{written(usual[name], metavar)}` | {text} |" for name, metavar, text in FIELDS]
    also = [
        f"| `rates` | numbers by `cloud.Operation` | the documented ones; {undocumented()} where none is | requests per second; `--rate CLOUD.OPERATION=N`, repeatable |",
        "| `active` | numbers by cloud | the documented ones | copies at a time; `--active CLOUD=N`, repeatable |",
    ]
    about = "Durations are texts with a unit: `500ms`, `2s`, `30m`, `2h`, `1d`. Each has an option of the command line by the same name, but for the last two, which name theirs.\n"
    return "\n".join([about, "| field | value | default | meaning |", "|---|---|---|---|", *rows, *also])


def undocumented() -> str:
    """The requests per second of operations without a documented limit, by cloud."""
    rates = {cloud: re.findall(r"^    per_second: (\d+),$", (ROOT / f"core/src/{cloud}/replication.rs").read_text(encoding="utf-8"), re.M) for cloud in ("tencent", "volcengine", "huawei")}
    return ", ".join(f"{rate} ({NAMES['en'][cloud]})" for cloud, (rate,) in rates.items())


def scenario() -> str:
    """The table of a scenario's keys, as the simulator's own documentation has it."""
    text = (ROOT / "core/sim/src/scenario.rs").read_text(encoding="utf-8")
    table = [line.strip()[4:] for line in text.splitlines() if line.strip().startswith("/// |")]
    source = (ROOT / "core/sim/src/faults.rs").read_text(encoding="utf-8")
    names = re.findall(r'Fault::\w+ => "(\w+)"', source)
    meanings = re.findall(r"((?: +/// .*\n)+) +\w+,\n", source[source.index("pub enum Fault {"):source.index("impl Fault {")])
    faults = [f"| `{name}` | {' '.join(line.strip()[4:] for line in meaning.splitlines())} |" for name, meaning in zip(names, meanings)]
    return "\n".join([
        "# Simulator\n",
        "`imgferry sim` serves the three clouds on loopback; [how to use it](../how-to/simulator.md). A scenario says what they hold, how fast "
        "they are and what goes wrong. All keys are optional.\n",
        *without_items(table),
        "\nFaults, by chance or script:\n",
        "| fault | what happens |",
        "|---|---|",
        *faults,
        "",
        "`GET /_sim/ledger` tells every call and what it did, `GET /_sim/images` every image.",
    ])
