"""The wheels of `make wheels`: each is what its tag says, and tells the demo's story where it can be run here.

Not seen by `make test` alone: `make test-wheels` builds them first.
"""

import functools
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Dict, List

import lief
import pytest
from elftools.elf.elffile import ELFFile

ROOT = Path(__file__).parents[2]
WHEELS = ROOT / "target/wheels"
WORK = ROOT / "target/test-wheels"
READY = "8 destinations: 8 ready"


#: The oldest Pythons that there are wheels for, as their tags say.
OLDEST = ["cp39", "cp310"]


def wheel(tag: str, oldest: str = "cp310") -> Path:
    """The wheel of a tag, for Python from that version on; `make wheels` or `py/wheels.sh NAME` makes it."""
    found = sorted(WHEELS.glob(f"imgferry-*-{oldest}-*{tag}*.whl"))
    if not found:
        pytest.skip(f"no wheel for {tag} in target/wheels: py/wheels.sh builds it")
    assert len(found) == 1, found
    return found[0]


def run(*command: object, **environment: str) -> str:
    """What a command prints, on both streams; the test fails with it where the command does."""
    done = subprocess.run([str(part) for part in command], env={**os.environ, **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=540)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("oldest", OLDEST)
@pytest.mark.parametrize("tag", ["manylinux2014_x86_64", "manylinux2014_aarch64"])
def test_a_wheel_for_glibc_is_what_its_tag_says(tag: str, oldest: str) -> None:
    shown = run(sys.executable, "-m", "auditwheel", "show", wheel(tag, oldest))
    said = re.search(r'platform tag:\s+"(\w+)"', shown)
    assert said and said[1] == tag.replace("manylinux2014", "manylinux_2_17"), shown


# Not by auditwheel: on a system with glibc it takes the `libc.so` that such a wheel names for glibc's, a text, and stops.
@pytest.mark.parametrize("oldest", OLDEST)
@pytest.mark.parametrize("tag", ["musllinux_1_2_x86_64", "musllinux_1_2_aarch64"])
def test_a_wheel_for_musl_needs_nothing_but_musl(tag: str, oldest: str) -> None:
    with zipfile.ZipFile(wheel(tag, oldest)) as opened:
        module = opened.read("imgferry/_imgferry.abi3.so")
    dynamic = ELFFile(io.BytesIO(module)).get_section_by_name(".dynamic")
    assert [entry.needed for entry in dynamic.iter_tags("DT_NEEDED")] == ["libc.so"]
    assert b"GLIBC_" not in module


@pytest.mark.parametrize("oldest", OLDEST)
def test_the_wheel_for_windows_has_a_start_that_python_finds_and_needs_the_stable_abi_alone(oldest: str) -> None:
    with zipfile.ZipFile(wheel("win_amd64", oldest)) as opened:
        module = opened.read("imgferry/_imgferry.pyd")
    parsed = lief.PE.parse(list(module))
    assert parsed is not None
    assert "PyInit__imgferry" in [entry.name for entry in parsed.get_export().entries]
    needed = {library.name.lower() for library in parsed.imports}
    assert "python3.dll" in needed
    # What every Windows from 10 on has: no library of the compiler's.
    others = {name for name in needed if not name.startswith("api-ms-win-")} - {"python3.dll"}
    assert others <= {"advapi32.dll", "bcrypt.dll", "bcryptprimitives.dll", "kernel32.dll", "msvcrt.dll", "ntdll.dll", "userenv.dll", "ws2_32.dll"}, others


def test_no_path_of_the_machine_that_built_it_stands_in_a_wheel() -> None:
    wheels = sorted(WHEELS.glob("imgferry-*.whl"))
    assert wheels
    for built in wheels:
        with zipfile.ZipFile(built) as opened:
            assert any(name.endswith(".cyclonedx.json") for name in opened.namelist()), "the list of parts is missing"
            for name in opened.namelist():
                inside = opened.read(name)
                for path in (str(ROOT), str(Path.home())):
                    assert path.encode() + b"/" not in inside, f"{path} stands in {name} of {built.name}"


def test_the_list_of_parts_names_every_crate_and_no_folder() -> None:
    tree = run("cargo", "tree", "--locked", "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}", "--manifest-path", ROOT / "py/Cargo.toml", "--target=x86_64-unknown-linux-gnu")
    compiled = {(name, version) for name, version in re.findall(r"^(\S+) v(\S+)", tree, re.MULTILINE)}
    with zipfile.ZipFile(wheel("manylinux2014_x86_64")) as opened:
        name = next(name for name in opened.namelist() if name.endswith(".cyclonedx.json"))
        parts = json.loads(opened.read(name))
    named = {(part["name"], part["version"]) for part in parts["components"]} | {("imgferry-py", parts["metadata"]["component"]["version"])}
    assert compiled <= named, compiled - named
    assert {"sha2", "hmac", "pyo3", "serde_json"} <= {name for name, _ in named}
    assert str(ROOT) not in json.dumps(parts)


def pythons() -> List[str]:
    """Every CPython at hand from 3.9 on: on the PATH, and pyenv's."""
    found: Dict[str, str] = {}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(9, 20):
        places = [shutil.which(f"python3.{minor}"), *map(str, sorted(pyenv.glob(f"3.{minor}.*/bin/python3.{minor}")))]
        for place in filter(None, places):
            if subprocess.run([place, "-c", "import venv, ssl"], capture_output=True).returncode == 0:
                found[f"3.{minor}"] = place
                break
    return list(found.values()) or [sys.executable]


@pytest.mark.parametrize("python", pythons())
def test_the_demo_runs_from_the_wheel_on_every_python_at_hand(python: str) -> None:
    home = WORK / Path(python).name
    run(python, "-m", "venv", "--clear", home)
    pip = (home / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(*pip, "--no-index", "--no-deps", "--find-links", wheel("manylinux2014_x86_64").parent, "imgferry")
    run(*pip, f"{wheel('manylinux2014_x86_64', taken(home))}[cli]")
    assert READY in run(home / "bin/imgferry", "demo")


def taken(home: Path) -> str:
    """The oldest Python of the wheel that pip took: the newest that fits."""
    said = next(home.glob("lib/python3*/site-packages/imgferry-*.dist-info/WHEEL")).read_text()
    oldest = re.search(r"^Tag: (cp\d+)-abi3", said, re.MULTILINE)
    minor = int(run(home / "bin/python", "-c", "import sys; print(sys.version_info.minor)"))
    assert oldest and oldest[1] == ("cp39" if minor == 9 else "cp310"), said
    return oldest[1]


def test_another_interpreter_inside_the_process_is_refused_by_name() -> None:
    interpreters = [python for python in pythons() if not python.endswith(("3.9", "3.10", "3.11"))]
    if not interpreters:
        pytest.skip("needs CPython 3.12 or later: earlier ones share modules between interpreters")
    site = unpacked("manylinux2014_x86_64")
    code = f"import sys; sys.path.insert(0, {str(site)!r}); import imgferry"
    start = "import _xxsubinterpreters as own" if interpreters[0].endswith("3.12") else "import _interpreters as own"
    done = subprocess.run([interpreters[0], "-c", f"{start}\nprint(own.run_string(own.create(), {code!r}))"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert "does not support loading in subinterpreters" in done.stdout


def test_the_wheel_for_arm_tells_the_story_under_qemu() -> None:
    qemu = shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")
    if not qemu:
        pytest.skip("qemu is not installed: apt-get install qemu-user-static")
    root, site = foreign_python("arm64"), unpacked("manylinux2014_aarch64")
    packages = next(ROOT.glob(".venv/lib/python3*/site-packages"))
    told = run(qemu, root / "usr/bin/python3", "-m", "imgferry", "demo", QEMU_LD_PREFIX=str(root), PYTHONHOME=str(root / "usr"),
               PYTHONPATH=f"{site}:{packages}", PYTHONDONTWRITEBYTECODE="1")
    assert READY in told
    assert "aarch64" in run(qemu, root / "usr/bin/python3", "-c", "import imgferry, platform; imgferry.regions('huawei'); print(platform.machine())",
                            QEMU_LD_PREFIX=str(root), PYTHONHOME=str(root / "usr"), PYTHONPATH=str(site))


def test_the_source_builds_and_without_rust_says_what_is_missing() -> None:
    sources = WORK / "sdist"
    shutil.rmtree(sources, ignore_errors=True)
    run(sys.executable, "-m", "maturin", "sdist", "-m", ROOT / "py/Cargo.toml", "--out", sources)
    archive = next(sources.glob("imgferry-*.tar.gz"))
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps", "-w", str(sources), str(archive)]
    bare = os.pathsep.join(str(place) for place in os.environ["PATH"].split(os.pathsep) if not (Path(place) / "cargo").exists())
    refused = subprocess.run(pip, env={**os.environ, "PATH": bare}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert refused.returncode != 0
    assert "building one needs Rust 1.88 or later, which is not installed" in refused.stdout
    run(*pip, MATURIN_PEP517_ARGS="--profile dev", CARGO_TARGET_DIR=str(ROOT / "target"))
    # It is left beside those of a release as well, with debug information and its paths.
    for made in WHEELS.glob("imgferry-*-linux_*.whl"):
        made.unlink()
    assert list(sources.glob("imgferry-*.whl"))


@functools.lru_cache(maxsize=None)
def unpacked(tag: str) -> Path:
    site = WORK / tag
    shutil.rmtree(site, ignore_errors=True)
    with zipfile.ZipFile(wheel(tag)) as opened:
        opened.extractall(site)
    return site


def foreign_python(architecture: str) -> Path:
    """Debian's Python of another architecture, unpacked into a folder; this system's packages stay as they are."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        pytest.skip("Debian's tools are missing: a Python for another architecture comes from its packages")
    home = WORK / f"debian-{architecture}"
    root = home / "root"
    if not (root / "usr/bin/python3").exists():
        shutil.rmtree(home, ignore_errors=True)
        for folder in ("lists/partial", "archives/partial"):
            (home / folder).mkdir(parents=True)
        (home / "status").touch()
        apt = ["apt-get", "-q", *(f"-o{option}" for option in (
            f"Dir::State={home}", f"Dir::State::status={home}/status", f"Dir::Cache={home}", "APT::Sandbox::User=root",
            f"APT::Architecture={architecture}", f"APT::Architectures={architecture}"))]
        run(*apt, "update")
        run(*apt, "install", "--yes", "--no-install-recommends", "--download-only", "python3")
        root.mkdir()
        for package in (home / "archives").glob("*.deb"):
            run("dpkg-deb", "-x", package, root)
    return root
