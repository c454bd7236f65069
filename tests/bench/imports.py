"""Import time over the bare interpreter: cold processes, in turns, the median of each."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import Dict, List

from rows import Row, milliseconds

ROUNDS = 21
#: Milliseconds over the bare interpreter.
BUDGET = 5

SUBJECTS = {
    "bare": "pass",
    "imgferry": "import imgferry",
    "tencentcloud-sdk": "from tencentcloud.cvm.v20170312 import cvm_client, models",
    "volcenginesdk": "import volcenginesdkcore, volcenginesdkecs",
    "huaweicloudsdk": "from huaweicloudsdkims.v2 import ImsClient, CopyImageCrossRegionRequest",
}


def rows() -> List[Row]:
    turns: Dict[str, List[float]] = {name: [] for name in SUBJECTS}
    for code in SUBJECTS.values():
        start_and_end(code)
    for _ in range(ROUNDS):
        for name, code in SUBJECTS.items():
            turns[name].append(start_and_end(code))
    medians = {name: statistics.median(times) for name, times in turns.items()}
    over = {name: max(0.0, median - medians["bare"]) for name, median in medians.items()}
    group = "import, over the bare interpreter"
    ours = Row(group, "imgferry", milliseconds(over["imgferry"]), "", over["imgferry"] * 1000, "ms", at_most=BUDGET)
    return [ours, *(Row(group, name, "", milliseconds(over[name])) for name in list(SUBJECTS)[2:])]


def start_and_end(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start
