"""Serves the three clouds in a box on loopback, for anybody's client; one port for all three.

  imgferry sim --port 8080
  imgferry sim --port 8080 --scenario storm.json --seed 7

Signatures, clocks, parameters, limits and quotas are checked as the clouds do. A scenario (JSON, or YAML with the cli
extra) says what the clouds hold, how long copies take and what goes wrong; its keys are listed in the documentation of
`imgferry_sim::Config::from_json`. GET /_sim/ledger and GET /_sim/images show the truth.
"""

from __future__ import annotations

import argparse
import time
from typing import Any, Dict

from ..error import Error
from .files import load, refusal
from .output import Output, aligned


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--scenario", metavar="FILE", help="what the clouds hold, how fast they are and what goes wrong")
    parser.add_argument("--seed", type=int, help="every chance is drawn from it (default: 1, or the scenario's)")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster copies go (default: 1)")


def run(options: argparse.Namespace, output: Output) -> int:
    from ..sim import Server

    scenario: Dict[str, Any] = {}
    if options.scenario:
        scenario, findings = load(options.scenario)
        if findings:
            raise refusal(options.scenario, findings)
    if options.seed is not None:
        scenario["seed"] = options.seed
    if not 0 <= options.port <= 65535:
        raise Error(f"--port {options.port} is no port", code="port", hint="use 0 to 65535", hint_zh="端口应为 0 至 65535")
    try:
        serving = Server(scenario, port=options.port, speed=options.speed)
    except OSError as error:
        raise Error(f"--port {options.port}: {error.strerror or error}", code="port", hint="give another, or leave it out", hint_zh="请换一个端口，或省略此参数") from None
    with serving as server:
        data = welcome(server.url, scenario)
        output.result(data, text(data, output))
        server.wait()
    return 0


def welcome(url: str, scenario: Dict[str, Any]) -> Dict[str, Any]:
    """What a client needs to know. Keys that the scenario brings are its author's business and are not shown."""
    from .._imgferry import example_keys
    from ..credentials import ENVIRONMENT

    own = scenario.get("credentials") or {}
    return {
        "endpoint": url,
        "credentials": [
            {"cloud": cloud, "id": id, "secret": secret, "environment": list(ENVIRONMENT[cloud][0][:2])}
            for cloud, id, secret in example_keys()
            if cloud not in own
        ],
        "images": [] if scenario.get("catalogue") is False else [dict(zip(("cloud", "region", "id"), row)) for row in SAMPLES],
    }


def text(data: Dict[str, Any], output: Output) -> str:
    keys = [(f"  export {key['environment'][n]}={key[part]}",) for key in data["credentials"] for n, part in enumerate(("id", "secret"))]
    images = [(f"  {image['cloud']}", image["region"], image["id"]) for image in data["images"]]
    parts = [f"{output.pick('endpoint', '接入地址')}{output.colon}{data['endpoint']}"]
    if keys:
        parts += [output.pick("keys, none of them real:", "密钥（均非真实）："), aligned(keys)]
    if images:
        parts += [output.pick("images to copy:", "可供复制的镜像："), aligned(images)]
    return "\n".join([*parts, output.pick("Ctrl-C ends it", "按 Ctrl-C 结束")])


#: An ordinary image of each cloud in the default world.
SAMPLES = (
    ("tencent", "ap-guangzhou", "img-o3ycss2p"),
    ("volcengine", "cn-beijing", "image-4431h3l7hl31a0example"),
    ("huawei", "cn-north-4", "465076de-dc36-4aec-80f5-ef9d8009428f"),
)
