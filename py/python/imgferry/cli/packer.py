"""Images that Packer has just baked, from the manifest that its post-processor ``manifest`` writes: ``--packer``."""

from __future__ import annotations

import argparse
from typing import Any, Dict, List, NamedTuple, Optional

from ..error import Error
from . import files
from .json import broken

#: What the builders of each cloud are called, up to the dash.
BUILDERS = {"tencentcloud": "tencent", "volcengine": "volcengine", "huaweicloud": "huawei"}


class Baked(NamedTuple):
    """An image. The region is in the artifact's id on Tencent Cloud; elsewhere it is what ``custom_data`` calls ``region``."""

    cloud: str
    region: Optional[str]
    image: str


def add_arguments(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--packer", metavar="MANIFEST", help="take --cloud, --image and --from, or what copies of PLAN leave out of image and from, from Packer's manifest.json"
    )


def baked(path: str) -> List[Baked]:
    """The images of the manifest's last run."""
    manifest, _ = files.load(path)
    builds = manifest.get("builds")
    if not isinstance(builds, list) or not all(isinstance(build, dict) for build in builds):
        raise broken(path, "is no manifest of Packer: it has no builds")
    last = manifest.get("last_run_uuid")
    return [image for build in builds if build.get("packer_run_uuid") == last for image in of(build)]


def of(build: Dict[str, Any]) -> List[Baked]:
    """The images of a build; none when it is for another cloud."""
    cloud = BUILDERS.get(str(build.get("builder_type")).partition("-")[0])
    region = (build.get("custom_data") or {}).get("region")
    parts = [part.strip() for part in str(build.get("artifact_id") or "").replace(";", ",").split(",")]
    if cloud is None:
        return []
    named = [(part.partition(":")[0], part.partition(":")[2]) if ":" in part else (region, part) for part in parts if part]
    return [Baked(cloud, place, image) for place, image in named]


def lay_over_options(options: argparse.Namespace) -> None:
    """Gives the options what the manifest tells."""
    image = one(options.packer, options.cloud, options.image, options.source, "--cloud", "--from")
    options.cloud, options.image, options.source = image.cloud, image.image, image.region


def lay_over_plan(path: str, plan: Dict[str, Any]) -> None:
    """Gives the entries of a plan what they leave out."""
    entries = [entry for kind in ("copies", "exports") for entry in plan.get(kind) or [] if isinstance(entry, dict) and "image" not in entry]
    if not entries:
        raise Error(f"--packer {path} would change nothing: every entry of the plan names its image", code="usage", hint="leave image out", hint_zh="请去掉 image")
    for entry in entries:
        image = one(path, entry.get("cloud"), None, entry.get("from"), "cloud", "from")
        entry.update({"cloud": image.cloud, "image": image.image, "from": image.region})


def one(path: str, cloud: Optional[str], image: Optional[str], region: Optional[str], cloud_word: str, region_word: str) -> Baked:
    """The one image that is meant, with its region."""
    every = baked(path)
    found = [one for one in every if cloud in (None, one.cloud) and image in (None, one.image) and (region is None or one.region in (None, region))]
    places = ", ".join(f"{one.cloud} {one.region or '?'} {one.image}" for one in every) or "none for these clouds"
    if len(found) != 1:
        raise Error(
            f"{path}: {'several images are' if found else 'no image is'} meant: its last run made {places}",
            code="packer",
            hint=f"give {cloud_word} and {region_word} of one of them",
            hint_zh=f"请用 {cloud_word} 和 {region_word} 指明其中一个",
        )
    if not (found[0].region or region):
        raise Error(
            f"{path} does not tell the region of {found[0].image}",
            code="packer",
            hint=f'give {region_word}, or custom_data = {{ region = "…" }} to the post-processor',
            hint_zh=f'请给出 {region_word}，或在 post-processor 中设置 custom_data = {{ region = "…" }}',
        )
    return found[0]._replace(region=found[0].region or region)
