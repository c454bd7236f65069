"""Adds a fourth cloud to a copy of the project, compiles it and lets it sign a request.

The cloud has one operation; its two folders lie beside this file. What must be changed outside of them is written here, and
may be six files at most: more would say that the design knows its clouds in too many places.
"""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, Tuple

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BUILD = ROOT / "target" / "fourth-cloud"
COPY = BUILD / "copy"
OWN = {"core/src/fourth": HERE / "core", "core/sim/src/fourth": HERE / "sim"}
MOST = 6

#: Files outside of the cloud's own folders: the line that is there, and what comes behind it.
LINES: List[Tuple[str, str, str]] = [
    ("core/src/base/cloud.rs", '        Huawei = "huawei",\n', '        /// A scratch cloud.\n        Fourth = "fourth",\n'),
    ("core/src/lib.rs", "pub mod huawei;\n", "pub mod fourth;\n"),
    ("core/sim/src/lib.rs", "mod huawei;\n", "mod fourth;\n"),
    ("core/sim/src/serve.rs", "use super::{huawei, tencent, volcengine};\n", "use super::fourth;\n"),
]
#: Files with matches over the clouds: another arm, made of Huawei's.
ARMS = ("core/src/provider.rs", "core/sim/src/serve.rs", "core/sim/src/world.rs")
#: How its requests are recognised by the simulator.
RECOGNISED = ("core/sim/src/serve.rs", "    if starts(\"TC3-", "    if starts(\"FOURTH-HMAC-SHA256\") {\n        Some(Cloud::Fourth)\n    } else if starts(\"TC3-")


def main() -> int:
    copy()
    for path, line, more in LINES:
        replace(path, line, line + more)
    replace(*RECOGNISED)
    for path in ARMS:
        lines = (COPY / path).read_text(encoding="utf-8").splitlines(keepends=True)
        arms = [(line + line.replace("Huawei", "Fourth").replace("huawei", "fourth")) if "Cloud::Huawei =>" in line else line for line in lines]
        (COPY / path).write_text("".join(arms), encoding="utf-8")
    for path, folder in OWN.items():
        shutil.copytree(folder, COPY / path)
    touched = [path for path in tracked() if not filecmp.cmp(ROOT / path, COPY / path, shallow=False)]
    print(f"a fourth cloud touches {len(touched)} files outside of its folders: {', '.join(touched)}")
    if len(touched) > MOST:
        sys.exit(f"that is more than {MOST}")
    # The naive copier of the tests, which knows the clouds by heart on purpose, is no part of the product.
    cargo("check", "--workspace", "--exclude", "imgferry-tests")
    cargo("test", "-p", "imgferry", "--lib", "--config", "profile.test.package.imgferry.opt-level=0", "fourth::")
    return 0


def tracked() -> List[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()
    return [path for path in listed.split("\0") if path and (ROOT / path).is_file() and path.startswith(("Cargo", "core/", "py/", "wasm/", "tests/", "README"))]


def copy() -> None:
    """The sources as they are, times included: what has not changed is not compiled again."""
    shutil.rmtree(COPY, ignore_errors=True)
    for path in tracked():
        (COPY / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, COPY / path)


def replace(path: str, old: str, new: str) -> None:
    text = (COPY / path).read_text(encoding="utf-8")
    if old not in text:
        sys.exit(f"{path} has no {old!r}")
    (COPY / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def cargo(*arguments: str) -> None:
    command = ["cargo", *arguments, "-q"] if "test" not in arguments else ["cargo", arguments[0], "-q", *arguments[1:]]
    done = subprocess.run(command, cwd=COPY, env={**os.environ, "CARGO_TARGET_DIR": str(BUILD / "build")})
    if done.returncode:
        sys.exit(f"a fourth cloud: {' '.join(command)} failed")


if __name__ == "__main__":
    sys.exit(main())
