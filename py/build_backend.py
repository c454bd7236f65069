"""maturin's build, told plainly where Rust is missing: maturin itself would fetch a compiler from the network then."""

import shutil
import sys
from typing import Any, List

import maturin
from maturin import build_editable, build_sdist, build_wheel, prepare_metadata_for_build_wheel

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_wheel",
]

get_requires_for_build_sdist = maturin.get_requires_for_build_sdist


def get_requires_for_build_wheel(settings: Any = None) -> List[str]:
    """Nothing more than maturin; ends with a sentence where there is no compiler."""
    if shutil.which("cargo") is None:
        sys.exit(
            "imgferry: there is no wheel for this system, and building one needs Rust 1.88 or later, which is not installed."
            " Install it from https://rustup.rs, or use a system that a wheel fits: Linux with glibc 2.17 or musl 1.2,"
            " macOS 10.12, Windows, with CPython 3.9 or later"
        )
    return []


get_requires_for_build_editable = get_requires_for_build_wheel
