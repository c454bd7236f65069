"""Replicates one image on each of the three clouds to several regions, over real HTTP against the built-in simulator.

Needs no account and no network: the simulated clouds listen on loopback, and their keys are not real.
"""

from __future__ import annotations

import argparse
from typing import Dict

from .. import Job, Plan
from .output import Output

DESTINATIONS = {
    "tencent": ("ap-shanghai", "ap-beijing", "ap-singapore"),
    "volcengine": ("cn-shanghai", "cn-guangzhou"),
    "huawei": ("cn-south-1", "cn-east-3", "ap-southeast-1"),
}

#: Huawei copies on behalf of an agency, which the account must have made.
PARAMS: Dict[str, Dict[str, str]] = {"tencent": {}, "volcengine": {}, "huawei": {"agency_name": "ims_copy_image"}}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="of the simulated clouds (default: 1)")


def run(options: argparse.Namespace, output: Output) -> int:
    from .. import sim
    from .execute import begin, carry
    from .sim import SAMPLES

    with sim.Server({"seed": options.seed}) as server:
        output.aside(output.pick(f"simulated clouds at {server.url}", f"模拟云平台：{server.url}"))
        copies = [
            {"cloud": cloud, "image": image, "from": region, "to": list(DESTINATIONS[cloud]), "name": "golden-{date}", "params": PARAMS[cloud]}
            for cloud, region, image in SAMPLES
        ]
        plan = {
            "clouds": {cloud: {"endpoint": server.url} for cloud in DESTINATIONS},
            "copies": copies,
            "policy": {"poll": "500ms", "settle": "2s"},
        }
        return carry(Job(Plan(plan), **begin(options.seed)), output, keys=sim.credentials())
