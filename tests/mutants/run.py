"""Changes the core's code in one place at a time and sees that a test fails: `make mutants`.

Needs `cargo install --locked cargo-mutants`, which says what may be changed. All changes are compiled at once, each behind a switch that
a variable of the environment turns on (`tests/rust/examples/switches.rs`); then each test is run once to see which switches it comes by,
and each mutant meets the tests that come by it, the fastest first, until one fails. So thousands take minutes. What cannot be behind
a switch (a `const fn` that constants need, a field left out, `impl Trait`) is compiled by cargo-mutants itself, one by one.

`SHARD=1/8` tries one in eight of each group, evenly spread. A mutant that no test notices must stand in `survivors.txt`, with the
reason; else this ends with 1.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, Iterable, List, NamedTuple, Set

ROOT = Path(__file__).parents[2]
HERE = ROOT / "target/mutants"
TREE = HERE / "tree"
#: A mutant that runs on and on is caught as well: one that takes so many times as long as the code as it stands, and so many seconds.
TIMES = 10
SECONDS = 10
#: So many seconds of tests, as the code stands, each mutant meets: what survives them may yet be caught by `cargo test`.
ENOUGH = 30

GROUPS: Dict[str, List[str]] = {
    "machine": ["core/src/job/machine/**"],
    "answer": ["core/src/api/answer.rs"],
    "rules": ["core/src/*/rules/**"],
    "listing": ["core/src/listing.rs"],
    "reader": ["core/src/base/reader.rs"],
    "sign": ["core/src/sign/**"],
}
#: Integration tests that judge other things than the core's behaviour, or take minutes.
LEFT_OUT = {"architecture", "fan_out", "frugal", "makespan", "naive", "same_story", "storm", "turns"}
ENVIRONMENT = {**os.environ, "CARGO_TARGET_DIR": str(HERE / "build"), "CARGO_INCREMENTAL": "0", "CARGO_PROFILE_TEST_DEBUG": "false"}
#: What stands at the end of the crate's root: whether a mutant is switched on, and which are met, in a file.
SWITCH = """
#[doc(hidden)]
#[allow(missing_docs, clippy::all)]
pub fn mutant(number: usize) -> bool {
    use std::sync::atomic::{AtomicBool, Ordering};
    static CHOSEN: std::sync::OnceLock<Result<usize, Option<std::ffi::OsString>>> = std::sync::OnceLock::new();
    static MET: [AtomicBool; 10_000] = [const { AtomicBool::new(false) }; 10_000];
    let choose = || match std::env::var("MUTANT") {
        Ok(text) => text.parse().map_err(|_| None),
        Err(_) => Err(std::env::var_os("MUTANTS_MET")),
    };
    match CHOSEN.get_or_init(choose) {
        Ok(chosen) => *chosen == number,
        Err(None) => false,
        Err(Some(file)) => {
            if !MET[number].load(Ordering::Relaxed) && !MET[number].swap(true, Ordering::Relaxed) {
                use std::io::Write;
                let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).expect("a file for what is met");
                writeln!(file, "{number}").expect("a file for what is met");
            }
            false
        }
    }
}
"""


class Test(NamedTuple):
    """One test of a compiled file of tests, and how long it takes as the code stands."""

    binary: str
    folder: Path
    name: str
    seconds: float


def main() -> int:
    if shutil.which("cargo-mutants") is None:
        sys.exit("cargo-mutants is missing: cargo install --locked cargo-mutants")
    shard, shards = (int(part) for part in os.environ.get("SHARD", "0/1").split("/"))
    copy_tree()
    mutants: List[Dict[str, Any]] = []
    totals = {}
    for name in sys.argv[1:] or [*GROUPS]:
        listed = [{**mutant, "group": name} for mutant in list_mutants(name)]
        totals[name] = len(listed)
        mutants += listed[shard::shards]
    mutants = [{**mutant, "number": number} for number, mutant in enumerate(mutants)]
    switched, unviable, alone = compile_switched(mutants)
    print(f"{len(switched)} behind switches, {len(unviable)} do not compile, {len(alone)} are built one by one", flush=True)
    met = meetings(test_binaries())
    print("each test has run once", flush=True)
    results: Dict[int, str] = {}
    # What is explained takes all its tests: last, so that news comes first.
    explained = survivors()
    order = sorted(switched, key=lambda number: (unnumbered(mutants[number]["name"]) in explained, number))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, result in zip(order, pool.map(lambda number: outcome(number, met.get(number, [])), order)):
            results[number] = result
            if len(results) % 100 == 0 or result == "missed":
                print(f"{len(results)} of {len(switched)}: {mutants[number]['name']}: {result}", flush=True)
    results |= dict.fromkeys(unviable, "unviable")
    copy_tree()
    results |= one_by_one([mutants[number] for number in sorted(alone)])
    return report(mutants, results, totals, f"{shard}/{shards}")


def report(mutants: List[Dict[str, Any]], results: Dict[int, str], totals: Dict[str, int], shard: str) -> int:
    explained = survivors()
    broken = 0
    for group, total in totals.items():
        of_group = [mutant for mutant in mutants if mutant["group"] == group]
        counts = {what: sum(results[mutant["number"]] == what for mutant in of_group) for what in ("caught", "missed", "timeout", "unviable")}
        missed = [mutant["name"] for mutant in of_group if results[mutant["number"]] == "missed"]
        fresh = [name for name in missed if unnumbered(name) not in explained]
        broken += len(fresh)
        tally = ", ".join(f"{count} {what}" for what, count in counts.items())
        known = len(missed) - len(fresh)
        print(f"{group}: shard {shard}, {len(of_group)} of {total} tried: {tally}; of the missed {known} explained, {len(fresh)} not")
        print("".join(f"  {name}\n" for name in fresh), end="", flush=True)
    return 1 if broken else 0


def copy_tree() -> None:
    """The tree as it stands, apart from the one that is worked in. What is unchanged keeps its time, so that it is not compiled again."""
    listed = subprocess.run(["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, copy = ROOT / name, TREE / name
        if source.is_file() and not (copy.exists() and copy.read_bytes() == source.read_bytes()):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            shutil.copymode(source, copy)


def list_mutants(name: str) -> List[Dict[str, Any]]:
    files = [word for file in GROUPS[name] for word in ("--file", file)]
    listed = subprocess.run(["cargo", "mutants", "--no-config", *files, "--list", "--json"], cwd=TREE, capture_output=True, check=True)
    found: List[Dict[str, Any]] = json.loads(listed.stdout)
    return found


def compile_switched(mutants: List[Dict[str, Any]]) -> "tuple[Set[int], Set[int], Set[int]]":
    """Which mutants are behind a switch now, which do not compile, and which need a build of their own."""
    switcher = ["cargo", "build", "-q", "-p", "imgferry-tests", "--example", "switches"]
    subprocess.run(switcher, cwd=ROOT, env=ENVIRONMENT, check=True)
    switcher = [str(HERE / "build/debug/examples/switches")]
    fixed: Set[str] = set()
    unviable: Set[int] = set()
    # A function that returns "some type that does this" returns one type: two do not fit behind one switch.
    alone = {mutant["number"] for mutant in mutants if mutant["genre"] == "FnValue" and "impl " in mutant["function"]["return_type"]}
    while True:
        copy_tree()
        with (TREE / "core/src/lib.rs").open("a") as root:
            root.write(SWITCH)
        wanted = [mutant for mutant in mutants if mutant["number"] not in unviable | alone]
        asked = json.dumps({"root": str(TREE), "fixed": sorted(fixed), "mutants": wanted})
        places = json.loads(subprocess.run(switcher, input=asked, capture_output=True, text=True, check=True).stdout)
        alone |= {mutant["number"] for mutant in wanted} - {place["number"] for place in places}
        check = ["cargo", "check", "-q", "--keep-going", "-p", "imgferry", "--lib", "--tests", "--message-format=json"]
        checked = subprocess.run(check, cwd=TREE, env=ENVIRONMENT, capture_output=True, text=True)
        if checked.returncode == 0:
            return {mutant["number"] for mutant in wanted} - alone, unviable, alone
        before = (len(fixed), len(unviable), len(alone))
        for error in errors(checked.stdout):
            constant = re.search(r"cannot call non-const (?:associated function|function|method) `.*?(\w+)`", error["message"])
            at = [span for span in error["spans"] if span["is_primary"]]
            blamed = mutants_at(at, places) or mutants_at(error["spans"], places)
            if constant:
                fixed.add(constant[1])
            unviable |= blamed
        if before == (len(fixed), len(unviable), len(alone)):
            sys.exit(f"what does not compile is no mutant's doing:\n{checked.stderr}{[error['rendered'] for error in errors(checked.stdout)][:3]}")


def errors(output: str) -> Iterable[Dict[str, Any]]:
    for line in output.splitlines():
        found = json.loads(line).get("message") or {}
        if found.get("level") == "error":
            yield found


def mutants_at(spans: List[Dict[str, Any]], places: List[Dict[str, Any]]) -> Set[int]:
    return {place["number"] for place in places for at in spans if at["file_name"] == place["file"] and place["start"] <= at["byte_start"] < place["end"]}


def test_binaries() -> Dict[str, Path]:
    """The compiled files of tests, and the folder that each runs in."""
    tests = sorted(file.stem for file in (ROOT / "tests/rust/tests").glob("*.rs") if file.stem not in LEFT_OUT)
    found = {}
    for what in (["-p", "imgferry", "--lib"], ["-p", "imgferry-tests", *(word for test in tests for word in ("--test", test))]):
        built = subprocess.run(
            ["cargo", "test", "-q", "--no-run", "--message-format=json", *what], cwd=TREE, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True
        )
        for line in built.stdout.splitlines():
            message = json.loads(line)
            if message.get("executable") and message["profile"]["test"]:
                found[message["executable"]] = Path(message["manifest_path"]).parent
    return found


def meetings(binaries: Dict[str, Path]) -> Dict[int, List[Test]]:
    """By mutant: the tests that come by it, the fastest first. As the code stands all must pass."""
    named = []
    for binary, folder in binaries.items():
        listed = subprocess.run([binary, "--list", "--format", "terse"], cwd=folder, capture_output=True, text=True, check=True).stdout
        named += [(binary, folder, line[: -len(": test")]) for line in listed.splitlines() if line.endswith(": test")]
    (HERE / "met").mkdir(exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tests = list(pool.map(lambda numbered: timed(numbered[0], *numbered[1]), enumerate(named)))
    met: Dict[int, List[Test]] = {}
    for test, numbers in sorted(tests, key=lambda pair: pair[0].seconds):
        for number in numbers:
            met.setdefault(number, []).append(test)
    return met


def timed(index: int, binary: str, folder: Path, name: str) -> "tuple[Test, List[int]]":
    file = HERE / "met" / str(index)
    file.unlink(missing_ok=True)
    start = time.monotonic()
    ran = subprocess.run([binary, "--exact", name], cwd=folder, env={**os.environ, "MUTANTS_MET": str(file)}, capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"{name} fails as the code stands:\n{ran.stdout}")
    numbers = [int(line) for line in file.read_text().split()] if file.exists() else []
    return Test(binary, folder, name, time.monotonic() - start), numbers


def outcome(number: int, tests: List[Test]) -> str:
    spent = 0.0
    for test in tests:
        spent += test.seconds
        if spent > ENOUGH:
            break
        try:
            environment = {**os.environ, "MUTANT": str(number)}
            limit = SECONDS + TIMES * test.seconds
            ran = subprocess.run([test.binary, "--exact", test.name], cwd=test.folder, env=environment, capture_output=True, timeout=limit)
        except subprocess.TimeoutExpired:
            return "timeout"
        if ran.returncode != 0:
            return "caught"
    return "missed"


def one_by_one(mutants: List[Dict[str, Any]]) -> Dict[int, str]:
    """What cargo-mutants itself finds of the few that no switch can turn on, with all the tests of a switched build."""
    if not mutants:
        return {}
    out = HERE / "alone"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    tests = sorted(file.stem for file in (ROOT / "tests/rust/tests").glob("*.rs") if file.stem not in LEFT_OUT)
    results = {}
    for package, which in (("imgferry", ["--lib"]), ("imgferry-tests", [word for test in tests for word in ("--test", test)])):
        left = [mutant for mutant in mutants if results.get(mutant["number"], "missed") == "missed"]
        if not left:
            break
        chosen = [f"--re=^{literal(mutant['name'])}$" for mutant in left]
        files = [word for file in sorted({mutant["file"] for mutant in left}) for word in ("--file", file)]
        how = ["--no-config", "--in-place", "--baseline=skip", f"--timeout={6 * SECONDS}", "--output", str(out), f"--test-package={package}"]
        environment = {**ENVIRONMENT, "CARGO_INCREMENTAL": "1", "CARGO_PROFILE_TEST_OPT_LEVEL": "0"}
        ran = subprocess.run(["cargo", "mutants", *how, *files, *chosen, "--", *which], cwd=TREE, env=environment, stdout=subprocess.DEVNULL)
        # 2: some were missed, 3: some took too long. All else is a failure of the tool.
        if ran.returncode not in (0, 2, 3):
            sys.exit(f"cargo mutants ended with {ran.returncode}; see {out}")
        for what in ("caught", "missed", "timeout", "unviable"):
            names = set((out / "mutants.out" / f"{what}.txt").read_text().splitlines())
            results |= {mutant["number"]: what for mutant in left if mutant["name"] in names}
    return results


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
