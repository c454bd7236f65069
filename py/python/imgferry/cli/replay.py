"""Tells the story of a bundle again from its recorded answers, offline: the same events and the same report, to the byte.

  imgferry replay golden-0001.bundle.json

Events are told as lines on stderr, as `-v` does; the report goes to stdout. The exit code is that of the run, or 1 where
something came out otherwise than it did then, which is a fault of imgferry or another version of it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict

from .. import log, tape
from ..error import Error
from .output import Output, compact
from .summary import show

#: Exit code where the story is not the one that was recorded.
OTHERWISE = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="what `imgferry bundle` has written")


def run(options: argparse.Namespace, output: Output) -> int:
    bundle = read(Path(options.bundle))
    retold = tape.Retold()
    for event in retold.tell(bundle["exchanges"]):
        output.aside(compact(event) if output.form != "text" else log.line(event))
    report = retold.report
    if report is None:
        raise Error(
            "the bundle holds no exchanges: the run was not recorded",
            code="bundle.exchanges",
            hint="run it with --record, then make the bundle again",
            hint_zh="请使用 --record 运行后重新生成",
        )
    show(report, output)
    if retold.differences:
        output.note(output.pick(
            f"not as it was recorded by imgferry {bundle['versions'].get('imgferry', '?')}: {', '.join(retold.differences[:5])}",
            f"与 imgferry {bundle['versions'].get('imgferry', '?')} 记录的不一致：{'、'.join(retold.differences[:5])}",
        ))
        return OTHERWISE
    return report["exit_code"]


def read(path: Path) -> Dict[str, Any]:
    """A bundle. Raises ``Error`` where it is none."""
    try:
        bundle = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        bundle = None
    fits = isinstance(bundle, dict) and bundle.get("imgferry_bundle") == 1 and isinstance(bundle.get("exchanges"), list)
    if not fits or not isinstance(bundle.get("versions"), dict) or not all(isinstance(line, str) for line in bundle["exchanges"]):
        raise Error(f"{path} is no bundle", code="bundle", hint="give what `imgferry bundle` has written", hint_zh="请提供 `imgferry bundle` 生成的文件")
    return dict(bundle)
