"""The recorded exchanges: parameters, the request they make, an answer, and what it tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

from operations import ELSEWHERE

FOLDER = Path(__file__).parents[2] / "exchanges"


def exchanges(cloud: str) -> List[Dict[str, Any]]:
    """Those of operations that the vendor's client has, too."""
    found = [{"id": path.stem, "cloud": cloud, **json.loads(path.read_text(encoding="utf-8"))} for path in sorted((FOLDER / cloud).glob("*.json"))]
    # The list of regions of one product is another service's, which Tencent's client of the CVM does not know.
    return [exchange for exchange in found if exchange["operation"] not in ELSEWHERE[cloud] and exchange["id"] != "DescribeRegions-product"]


def all_exchanges() -> List[Dict[str, Any]]:
    return [exchange for cloud in ELSEWHERE for exchange in exchanges(cloud)]
