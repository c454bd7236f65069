"""Checks a plan: every documented rule for every destination, all findings at once. No key and no network is needed.

  imgferry check golden.yaml
  imgferry check --cloud tencent --image img-12345678 --from ap-guangzhou --to ap-shanghai,ap-singapore
"""

from __future__ import annotations

import argparse
from . import plans
from .output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    plans.add_arguments(parser, destinations=True)


def run(options: argparse.Namespace, output: Output) -> int:
    problems = plans.check(options, "copies")
    wrong = sum(problem["severity"] == "error" for problem in problems)
    verdict = output.pick(f"{wrong} errors, {len(problems) - wrong} other findings", f"{wrong} 个错误，{len(problems) - wrong} 个其他发现")
    if not problems:
        verdict = output.pick("nothing is wrong", "未发现问题")
    output.result(problems, "\n".join([*output.problems(problems), verdict]))
    return 5 if wrong else 0
