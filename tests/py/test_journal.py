"""Journals on real disks: one holder, whatever is replaced meanwhile; what editors and archives make of them; things that are no files."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List

import imgferry
import pytest
from conftest import Cli
from imgferry import drive, journal, sim
from test_copy import KEYS, PLAN


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The journal of four finished copies."""
    path = tmp_path_factory.mktemp("whole") / "j"
    with sim.Server({"copy_ms": 100, "visible_after_ms": 10}) as server:
        plan = imgferry.Plan({**PLAN, "clouds": {cloud: {"endpoint": server.url} for cloud in sim.credentials()}, "policy": {"poll": "50ms"}})
        with journal.Journal(path) as kept:
            imgferry.run(imgferry.Job(plan, now_ms=drive.now_ms(), seed=1), sim.credentials(), journal=kept)
    return path.read_bytes()


def long(whole: bytes) -> bytes:
    """The same records over and over, as after very many steps."""
    head, *records = whole.splitlines(keepends=True)
    return head + b"".join(records) * 200


def test_a_file_that_was_replaced_before_it_was_locked_is_not_held(tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "j"
    path.write_bytes(long(whole))
    lock = journal.lock_at_once
    first: List[Any] = []

    def late(file: int) -> None:
        """Another process opens, compacts and replaces the file between our opening and locking it."""
        monkeypatch.setattr(journal, "lock_at_once", lock)
        first.append(journal.Journal.resume(path, now_ms=drive.now_ms()))
        lock(file)

    monkeypatch.setattr(journal, "lock_at_once", late)
    with pytest.raises(imgferry.Error, match="in use"):
        journal.Journal.resume(path, now_ms=drive.now_ms())
    first[0][0].close()
    assert path.stat().st_size < len(long(whole)) / 2
    # When that process has ended meanwhile, its file is taken, not the deleted one.
    path.write_bytes(long(whole))

    def gone(file: int) -> None:
        monkeypatch.setattr(journal, "lock_at_once", lock)
        journal.Journal.resume(path, now_ms=drive.now_ms())[0].close()
        lock(file)

    monkeypatch.setattr(journal, "lock_at_once", gone)
    held, _ = journal.Journal.resume(path, now_ms=drive.now_ms())
    with held:
        assert journal.is_at(path, held._file)


def test_two_processes_never_hold_one_journal(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "j"
    path.write_bytes(long(whole))
    program = """
import sys, time, imgferry
from imgferry import drive, journal
try:
    held, job = journal.Journal.resume(sys.argv[1], now_ms=drive.now_ms())
except imgferry.Error as error:
    print(error.code)
else:
    assert journal.is_at(held.path, held._file)
    print("held", flush=True)
    time.sleep(3)
"""
    running = [subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert sorted(one.communicate(timeout=60)[0].strip() for one in running) == ["held"] + ["journal.locked"] * 5


def test_names_are_on_disk_too(tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: List[Path] = []
    monkeypatch.setattr(journal, "sync_folder", synced.append)
    path = tmp_path / "j"
    journal.Journal(path).close()
    assert synced == [path] and not path.exists()
    path.write_bytes(long(whole))
    journal.Journal.resume(path, now_ms=drive.now_ms())[0].close()
    assert synced[-1] == path and path.stat().st_size < len(long(whole)) / 2


def test_no_room_to_compact_is_no_reason_not_to_go_on(tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "j"
    path.write_bytes(long(whole))
    write = os.write

    def full(file: int, data: bytes) -> int:
        write(file, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    held, job = journal.Journal.resume(path, now_ms=drive.now_ms())
    with held:
        assert job.report()["counts"] == {"ready": 4} and path.read_bytes() == long(whole) and os.listdir(tmp_path) == ["j"]
        # A record that does not fit leaves no half of itself.
        with pytest.raises(OSError, match="No space left on device: .*j"):
            held("more\n")
        assert path.read_bytes() == long(whole)
        monkeypatch.undo()
        held("more\n")
        assert path.read_bytes() == long(whole) + b"more\n"


CHANGES: Dict[str, Callable[[bytes], bytes]] = {
    "crlf": lambda text: text.replace(b"\n", b"\r\n"),
    "bom": lambda text: b"\xef\xbb\xbf" + text,
    "both": lambda text: b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_editors_and_checkouts_do_is_read(cli: Cli, whole: bytes, change: str) -> None:
    path = cli.home / "j"
    path.write_bytes(CHANGES[change](whole))
    ran = cli("status", "j")
    assert ran.code == 0 and ran.out.count("ready") == 4, ran
    # What is appended later fits: the file is read again with a last line that was cut off.
    path.write_bytes(CHANGES[change](whole) + b"0123")
    resumed, job = journal.Journal.resume(path, now_ms=drive.now_ms())
    with resumed:
        assert job.report()["counts"] == {"ready": 4} and path.read_bytes() == CHANGES[change](whole)
        resumed(whole.decode().splitlines(keepends=True)[-1])
    assert cli("status", "j").code == 0


@pytest.mark.parametrize(
    ("change", "way"), [(gzip.compress, "`gunzip`"), (lambda text: text.decode().encode("utf-16"), "`iconv -f UTF-16"), (lambda text: text.decode().encode("utf-16-le"), "`iconv")]
)
def test_a_journal_in_disguise_is_named_with_the_way_back(cli: Cli, whole: bytes, change: Callable[[bytes], bytes], way: str) -> None:
    changed = change(whole)
    (cli.home / "j").write_bytes(changed)
    for command in ("status", "resume"):
        ran = cli(command, "j", env=KEYS)
        assert ran.code == 7 and way in ran.err and "cut it" not in ran.err and "nothing was sent" not in ran.err, ran
    assert (cli.home / "j").read_bytes() == changed


def test_what_is_no_file_is_refused_and_not_waited_for(cli: Cli) -> None:
    os.mkfifo(cli.home / "pipe")
    plan = ["--cloud", "tencent", "--image", "img-12345678", "--from", "ap-guangzhou", "--to", "ap-shanghai"]
    for arguments in (["resume", "pipe"], ["status", "pipe"], ["copy", *plan, "--journal", "pipe"], ["copy", *plan, "--journal", "/dev/null"], ["resume", "/dev/zero"], ["status", "/dev/zero"]):
        ran = cli(*arguments, env=KEYS)
        assert ran.code == 5 and "is no regular file" in ran.err and "Traceback" not in ran.err, ran
    assert cli("resume", ".", env=KEYS).code == cli("status", ".").code == 5


def test_status_reads_a_pipe_that_somebody_writes_to(cli: Cli, whole: bytes) -> None:
    (cli.home / "j.gz").write_bytes(gzip.compress(whole))
    ran = subprocess.run(["bash", "-c", f"{sys.executable} -m imgferry status <(gunzip < j.gz)"], capture_output=True, cwd=cli.home, timeout=60)
    assert ran.returncode == 0 and ran.stdout.count(b"ready") == 4, ran
