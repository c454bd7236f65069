"""Changes the core's code in one place at a time and sees that a test fails: `make mutants`.

Needs `cargo install --locked cargo-mutants`. `SHARD=0/8` (the default) tries one in eight of each group, evenly spread; `SHARD=0/1` all,
which takes a night. A mutant that no test notices must stand in `survivors.txt`, with the reason; else this ends with 1. The tests of
a group are those that speak of it and take seconds, so that what survives here may yet be caught by `cargo test`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple

ROOT = Path(__file__).parents[2]
HERE = ROOT / "target/mutants"
TREE = HERE / "tree"
CLOUDS = ("tencent", "volcengine", "huawei")


class Group(NamedTuple):
    """Files, and the integration tests that are run for them beside the unit tests."""

    files: List[str]
    tests: List[str]


GROUPS: Dict[str, Group] = {
    "machine": Group(["core/src/job/machine/**"], ["transitions", "scenarios"]),
    "answer": Group(["core/src/api/answer.rs"], ["overlong", *CLOUDS]),
    "rules": Group([f"core/src/{cloud}/rules/**" for cloud in CLOUDS], ["rules", *CLOUDS]),
    "listing": Group(["core/src/listing.rs"], ["overlong"]),
    "reader": Group(["core/src/base/reader.rs"], []),
    "sign": Group(["core/src/sign/**"], ["sign", "verify", "vectors", "diagnose"]),
}
#: Unoptimised: a mutant is compiled once and run for seconds.
CONFIG = """\
[build]
incremental = true
[profile.test]
debug = false
[profile.test.package.imgferry]
opt-level = 0
[profile.test.package.imgferry-sim]
opt-level = 0
"""


def main() -> int:
    if shutil.which("cargo-mutants") is None:
        sys.exit("cargo-mutants is missing: cargo install --locked cargo-mutants")
    names = sys.argv[1:] or [*GROUPS]
    shard = os.environ.get("SHARD", "0/8")
    copy_tree()
    explained = survivors()
    broken = 0
    for name in names:
        counts, missed = tried(name, shard)
        fresh = [line for line in missed if unnumbered(line) not in explained]
        broken += len(fresh)
        known = len(missed) - len(fresh)
        tally = ", ".join(f"{count} {what}" for what, count in counts.items())
        print(f"{name}: shard {shard}, {sum(counts.values())} of {total(name)} tried: {tally}; of the missed {known} explained, {len(fresh)} not", flush=True)
        print("".join(f"  {line}\n" for line in fresh), end="", flush=True)
    return 1 if broken else 0


def copy_tree() -> None:
    """The tree as it stands, apart from the one that is worked in. What is unchanged keeps its time, so that it is not compiled again."""
    listed = subprocess.run(["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, copy = ROOT / name, TREE / name
        if source.is_file() and not (copy.exists() and copy.read_bytes() == source.read_bytes()):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    (TREE / ".cargo").mkdir(exist_ok=True)
    (TREE / ".cargo/config.toml").write_text(CONFIG)


def command(name: str, *more: str) -> List[str]:
    files = [word for file in GROUPS[name].files for word in ("--file", file)]
    return ["cargo", "mutants", "--no-config", *files, *more]


def total(name: str) -> int:
    return len(subprocess.run(command(name, "--list"), cwd=TREE, capture_output=True, check=True).stdout.splitlines())


def tried(name: str, shard: str) -> "tuple[Dict[str, int], List[str]]":
    """How many mutants came to what, and those that no test noticed: the unit tests first, what they miss by the others too."""
    counts, missed = run(name, "unit", ["--lib"], "--shard", shard, "--sharding=round-robin")
    if missed and GROUPS[name].tests:
        tests = [word for test in GROUPS[name].tests for word in ("--test", test)]
        more, missed = run(name, "integration", tests, *[f"--re=^{literal(line)}$" for line in missed])
        counts = {what: count + more[what] for what, count in counts.items()} | {"missed": len(missed)}
    return counts, missed


def run(name: str, kind: str, tests: List[str], *which: str) -> "tuple[Dict[str, int], List[str]]":
    out = HERE / name / kind
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    package = "imgferry" if kind == "unit" else "imgferry-tests"
    environment = {**os.environ, "CARGO_TARGET_DIR": str(HERE / "build"), "CARGO_INCREMENTAL": "1"}
    # As it stands all must pass; and what is compiled once is no part of a mutant's time.
    subprocess.run(["cargo", "test", "-q", f"--package={package}", *tests], cwd=TREE, env=environment, stdout=subprocess.DEVNULL, check=True)
    how = ["--in-place", "--baseline=skip", "--timeout=120", "--build-timeout=900", "--output", str(out), f"--test-package={package}"]
    ran = subprocess.run([*command(name, *how, *which), "--", *tests], cwd=TREE, env=environment, stdout=subprocess.DEVNULL)
    # 2: some were missed, 3: some took too long. All else is a failure of the tool.
    if ran.returncode not in (0, 2, 3):
        sys.exit(f"{name}: cargo mutants ended with {ran.returncode}; see {out}")
    lines = {what: (out / "mutants.out" / f"{what}.txt").read_text().splitlines() for what in ("caught", "missed", "timeout", "unviable")}
    return {what: len(found) for what, found in lines.items()}, lines["missed"]


def literal(text: str) -> str:
    """A text as a pattern of Rust's regular expressions."""
    return re.sub(r"[\\.+*?()|\[\]{}^$#&~-]", r"\\\g<0>", text)


def unnumbered(line: str) -> str:
    """A mutant without the place in its file, which moves."""
    path, _, rest = line.partition(":")
    return f"{path}: {rest.split(': ', 1)[1]}"


def survivors() -> Dict[str, str]:
    """What may survive, and why: the reason stands above."""
    found, reason = {}, ""
    for line in Path(__file__).with_name("survivors.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            reason = line[1:].strip()
        elif line.strip():
            found[line.strip()] = reason
    return found


if __name__ == "__main__":
    sys.exit(main())
