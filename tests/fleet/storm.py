"""A fleet in a storm: workers are killed and stopped while they carry it out, answers get lost, and the simulated clouds count.

`make fleet` runs all of it, over real HTTP on loopback and a PostgreSQL server of its own; `tests/py/test_fleet.py` a short form.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

sys.path.insert(0, str(Path(__file__).parents[1] / "py"))

import postgres
from imgferry import Plan, fleet, store
from imgferry._imgferry import example_keys

#: Where images go: the regions that take copies.
REGIONS = {
    "tencent": ["ap-bangkok", "ap-beijing", "ap-chengdu", "ap-chongqing", "ap-hongkong", "ap-jakarta", "ap-nanjing", "ap-seoul", "ap-shanghai", "ap-singapore", "ap-tokyo", "eu-frankfurt"],
    "volcengine": ["ap-southeast-1", "cn-guangzhou", "cn-hongkong", "cn-shanghai"],
    "huawei": ["ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "cn-east-3", "cn-north-1", "cn-south-1"],
}
SOURCE = {"tencent": "ap-guangzhou", "volcengine": "cn-beijing", "huawei": "cn-north-4"}
LAUNCHES = ("SyncImages", "CopyImage", "CopyImageCrossRegion")
WORKERS = 4
#: Until a new image shows, and how long the job gives it: just longer.
LAG_MS, SETTLE_MS = 2_700, 3_000
#: Until an answer is sent: the clouds are not on loopback.
ANSWER_MS = 250
#: How long a copy takes: some times as long as the settle time, as on the clouds.
COPY_MS = [2_000, 20_000]


class Size(NamedTuple):
    """How large a fleet is. Huawei has one account, since the simulator counts its copies under way for all keys together."""

    tencent: int
    volcengine: int
    huawei: int
    #: Images of an account; each goes to every region.
    images: Dict[str, int]

    @property
    def partitions(self) -> int:
        return sum(getattr(self, cloud) for cloud in REGIONS)

    @property
    def lanes(self) -> int:
        return sum(getattr(self, cloud) * self.images[cloud] * len(REGIONS[cloud]) for cloud in REGIONS)


SHORT = Size(2, 1, 1, {"tencent": 2, "volcengine": 5, "huawei": 1})
FULL = Size(9, 6, 1, {"tencent": 12, "volcengine": 29, "huawei": 2})
LARGE = Size(20, 20, 1, {"tencent": 50, "volcengine": 99, "huawei": 10})


class Figures(NamedTuple):
    """What came of a run."""

    lanes: int
    seconds: float
    kills: int
    duplicates: int
    missing: int
    broken: List[str]
    #: Seconds from each kill of a busy worker to the first turn of one of its partitions by another.
    restored: List[float]
    engine_rows: int
    requests: int
    #: Largest resident memory of the workers in MB, as it was at each tenth of the run.
    memory: List[float]
    bytes: int


class Storm:
    """Clouds, database, keys and workers of one run, in a folder of its own."""

    def __init__(self, url: str, size: Size, *, seed: int = 1, lost: float = 0.01, step_s: float = 5.0, late: bool = False) -> None:
        self.size = size
        self.step_s = step_s
        #: Of a worker: its share and two more, so that no worker has most of the fleet, and three carry what a fourth leaves.
        self.slots = size.partitions // WORKERS + 2
        self.late = late
        self.random = random.Random(seed)
        self.folder = Path(tempfile.mkdtemp(prefix="imgferry-fleet-"))
        self.url = fresh(url)
        self.workers: List[subprocess.Popen[bytes]] = []
        self.accounts = {cloud: [f"a{number}" for number in range(getattr(size, cloud))] for cloud in REGIONS}
        scenario = {
            "seed": seed,
            "catalogue": False,
            "copy_ms": COPY_MS,
            "visible_after_ms": LAG_MS,
            "faults": {"lost_after": lost, "slow": 1.0, "slow_ms": ANSWER_MS},
            "quotas": {cloud: 1_000_000 for cloud in REGIONS},
            "keep_calls": 1000,
            "images": [
                {"cloud": cloud, "region": SOURCE[cloud], "id": self.image(cloud, account, number), "name": f"golden-{account}-{number}", "size_gib": 40}
                for cloud in REGIONS
                for account in self.accounts[cloud]
                for number in range(size.images[cloud])
            ],
            "credentials": {
                cloud: [{"id": f"{id}{account}", "secret": secret} for account in self.accounts[cloud]] for cloud, id, secret in example_keys()
            },
        }
        (self.folder / "scenario.json").write_text(json.dumps(scenario))
        self.keys()
        self.clouds = subprocess.Popen(
            [sys.executable, "-m", "imgferry", "sim", "--scenario", str(self.folder / "scenario.json"), "--output", "jsonl"], stdout=subprocess.PIPE
        )
        assert self.clouds.stdout
        self.endpoint = json.loads(self.clouds.stdout.readline())["endpoint"]
        self.database = store.open(self.url)

    @staticmethod
    def image(cloud: str, account: str, number: int) -> str:
        digits = f"{int(account[1:]):04x}{number:04x}"
        return {"tencent": f"img-{digits}", "volcengine": f"image-{digits}example", "huawei": f"00000000-0000-4000-8000-0000{digits}"}[cloud]

    def keys(self) -> None:
        """Writes the vendors' own files, a profile for each account."""
        for cloud, id, secret in example_keys():
            path, names = {
                "tencent": (".tencentcloud/credentials", ("secret_id", "secret_key")),
                "volcengine": (".volc/credentials", ("access_key_id", "secret_access_key")),
                "huawei": (".huaweicloud/credentials", ("ak", "sk")),
            }[cloud]
            file = self.folder / path
            file.parent.mkdir()
            file.write_text("".join(f"[{account}]\n{names[0]} = {id}{account}\n{names[1]} = {secret}\n" for account in self.accounts[cloud]))

    def begin(self) -> None:
        """Puts the plans into the database."""
        for cloud, accounts in self.accounts.items():
            for account in accounts:
                params = {"agency_name": "ims_copy_image"} if cloud == "huawei" else {}
                copies = [
                    {"cloud": cloud, "image": self.image(cloud, account, number), "from": SOURCE[cloud], "to": REGIONS[cloud], "name": f"c-{account}-{number}", "params": params}
                    for number in range(self.size.images[cloud])
                ]
                policy: Dict[str, Any] = {"poll": "1s", "poll_max": "2s", "settle": f"{SETTLE_MS}ms", "visible": "20s", "backoff": "200ms", "request_timeout": "30s"}
                # The documents name no rate, so the default is careful; the simulator takes 20.
                policy["rates"] = {f"volcengine.{operation}": 10 for operation in ("CopyImage", "DescribeImages", "DescribeTasks")}
                plan = Plan({"clouds": {cloud: {"endpoint": self.endpoint}}, "copies": copies, "policy": policy})
                fleet.begin(self.database, plan, name=f"storm-{cloud}-{account}", accounts={cloud: account})

    def start(self) -> subprocess.Popen[bytes]:
        """Starts a worker."""
        log = open(self.folder / f"worker-{len(self.workers)}.log", "wb")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "IMGFERRY_DATABASE": self.url}
        if "PYTHONPATH" in os.environ:
            environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
        worker = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("worker.py")), str(self.step_s), str(self.slots), "late" if self.late else "early"], stdout=log, stderr=log, env=environment
        )
        log.close()
        self.workers.append(worker)
        return worker

    def standings(self) -> List[store.database.Standing]:
        return self.database.standings()

    def busy(self, worker: subprocess.Popen[bytes]) -> List[store.database.Standing]:
        """The partitions that a worker has."""
        return [standing for standing in self.standings() if standing.state == "open" and f":{worker.pid}:" in standing.owner]

    def working(self) -> Optional[subprocess.Popen[bytes]]:
        """Any worker that has partitions."""
        alive = [worker for worker in self.workers if worker.poll() is None and self.busy(worker)]
        return self.random.choice(alive) if alive else None

    def launching(self) -> Optional[subprocess.Popen[bytes]]:
        """The worker whose launch a cloud has taken just now, and whose journal may lack the answer: the worst moment."""
        launches = [call for call in self.ledger()["calls"] if call["action"] in LAUNCHES and not call["refused"] and call["at_ms"] > time.time() * 1000 - ANSWER_MS]
        if not launches:
            return None
        cloud, account = launches[-1]["cloud"], launches[-1]["key"].rpartition("a")[2]
        owner = next(standing.owner for standing in self.standings() if (standing.cloud, standing.account) == (cloud, f"a{account}"))
        return next((worker for worker in self.workers if f":{worker.pid}:" in owner and worker.poll() is None), None)

    def run(self, *, workers: int = WORKERS, kills: int = 0, every_s: float = 2.5, deadline_s: float = 900) -> Figures:
        """Carries the fleet out, killing busy workers on the way; each that dies is followed by another."""
        began = time.monotonic()
        self.begin()
        for _ in range(workers):
            self.start()
        done, next_kill, restored, waiting, memory = 0, began + 4, [], {}, []
        while any(standing.state == "open" for standing in self.standings()):
            now = time.monotonic()
            if now - began > deadline_s:
                raise SystemExit(f"not over after {deadline_s} s: see {self.folder}")
            owners = {standing.id: (standing.owner, standing.state) for standing in self.standings()} if waiting else {}
            for pid, (killed, ids) in list(waiting.items()):
                if any(f":{pid}:" not in owners[id][0] for id in ids):
                    restored.append(now - killed)
                    del waiting[pid]
            if done < kills and now > next_kill:
                victim = self.launching() if self.late or done % 2 else self.working()
                # When nobody launches any more, anybody.
                victim = victim or (self.working() if now > next_kill + 1 else None)
                if victim:
                    ids = [standing.id for standing in self.busy(victim)]
                    victim.kill()
                    victim.wait()
                    waiting[victim.pid] = (time.monotonic(), ids)
                    done += 1
                    self.start()
                    next_kill = now + every_s * self.random.uniform(0.7, 1.3)
            memory.append(max([resident(worker.pid) for worker in self.workers if worker.poll() is None] or [0]))
            time.sleep(0.05 if waiting else 0.2)
        seconds = time.monotonic() - began
        return self.figures(seconds, done, restored, memory)

    def figures(self, seconds: float, kills: int, restored: List[float], memory: List[float]) -> Figures:
        ledger = self.ledger()
        lanes = {(lane["cloud"], lane["region"], lane["name"]): len(lane["images"]) for lane in ledger["lanes"]}
        duplicates = sum(count - 1 for count in lanes.values() if count > 1)
        reports = [fleet.report(self.database, standing.id) for standing in self.standings()]
        ready = sum(report["counts"].get("ready", 0) + report["counts"].get("present", 0) for report in reports)
        broken = [f"{violation['what']} {violation['detail']}" for violation in ledger["violations"] if violation["what"] != "second_image"]
        tenths = [max(memory[len(memory) * n // 10 : len(memory) * (n + 1) // 10] or [0]) for n in range(10)]
        rows, size = self.rows()
        missing = self.size.lanes - min(ready, len(lanes))
        return Figures(self.size.lanes, seconds, kills, duplicates, missing, broken, restored, rows, sum(ledger["totals"].values()), tenths, size)

    def ledger(self) -> Any:
        with urllib.request.urlopen(f"{self.endpoint}/_sim/ledger") as answer:
            return json.load(answer)

    def rows(self) -> "tuple[int, int]":
        """Rows that the engine wrote, and bytes of the database."""
        import psycopg

        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT count(*), pg_database_size(current_database()) FROM dbos.operation_outputs").fetchone()
            assert row
            return row[0], row[1]

    def wake(self) -> "tuple[int, int]":
        """Stops a busy worker, lets others take its partitions, wakes it: what it has written and sent since. The stop is
        noticed as that of a host that has left the network: its connections are ended."""
        import psycopg

        stopped = next(worker for worker in self.workers if worker.poll() is None and self.busy(worker))
        mine = [standing.owner for standing in self.busy(stopped)][0]
        ids = {standing.id: standing.epoch for standing in self.busy(stopped)}
        os.kill(stopped.pid, signal.SIGSTOP)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.pid IN (SELECT pid FROM pg_stat_activity WHERE application_name = 'imgferry') AND l.objid = %s AND l.classid = %s", halves(mine))
        until = time.monotonic() + 30
        while any(standing.epoch == ids.get(standing.id) and standing.state == "open" for standing in self.standings()) and time.monotonic() < until:
            time.sleep(0.1)
        taken = {standing.id: standing.epoch for standing in self.standings() if standing.id in ids}
        os.kill(stopped.pid, signal.SIGCONT)
        time.sleep(4)
        with psycopg.connect(self.url) as connection:
            row = connection.execute(
                "SELECT count(*) FROM ferry_journal j WHERE partition_id = ANY(%s) AND EXISTS (SELECT 1 FROM ferry_journal e WHERE e.partition_id = j.partition_id AND e.seq < j.seq AND e.epoch > j.epoch)",
                (list(ids),),
            ).fetchone()
            assert row
        return sum(epoch > ids[id] for id, epoch in taken.items()), row[0]

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()
        self.clouds.kill()
        self.clouds.wait()
        assert self.clouds.stdout
        self.clouds.stdout.close()
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Storm:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def halves(owner: str) -> "tuple[int, int]":
    """The number of a worker's lock, as ``pg_locks`` shows it: low, high."""
    from imgferry.store.postgres import key

    number = key(owner) % 2**64
    return number % 2**32, number >> 32


def resident(pid: int) -> float:
    """Memory of a process in MB."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0


def fresh(url: str) -> str:
    """A new database on that server."""
    import psycopg

    name = f"fleet{time.time_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.rpartition("/")[0] + "/" + name


@contextmanager
def server() -> Iterator[str]:
    bin = postgres.programs()
    if bin is None:
        raise SystemExit("needs PostgreSQL: apt-get install postgresql")
    with postgres.Server(bin) as running:
        yield running.url


def told(name: str, figures: Figures) -> None:
    took = f"{figures.seconds:.0f} s, {figures.requests:,} requests, {figures.engine_rows:,} rows of the engine, {figures.bytes / 1e6:.0f} MB of database"
    print(f"{name}: {figures.lanes:,} lanes in {took}")
    print(f"  {figures.kills} kills: {figures.duplicates} duplicates, {figures.missing} lost, {len(figures.broken)} limits broken")
    for broken in sorted(set(figures.broken))[:5]:
        print(f"    {broken}")
    if figures.restored:
        ordered = sorted(figures.restored)
        print(f"  kill to the first restored turn: median {ordered[len(ordered) // 2]:.1f} s, longest {ordered[-1]:.1f} s")
    print(f"  memory of the largest worker by tenths of the run, MB: {' '.join(f'{mb:.0f}' for mb in figures.memory)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("calm", "storm", "late", "steps", "stopped", "large"), action="append")
    options = parser.parse_args()
    failures = []

    def asked(what: str) -> bool:
        return not options.only or what in options.only

    def must(holds: bool, what: str) -> None:
        print(f"  {'ok' if holds else 'NOT SO'}: {what}", flush=True)
        if not holds:
            failures.append(what)

    with server() as url:
        calm: Optional[Figures] = None
        if asked("calm") or asked("storm") or asked("steps"):
            with Storm(url, FULL, seed=options.seed) as storm:
                calm = storm.run()
            told("nobody is killed", calm)
        if calm and asked("storm"):
            with Storm(url, FULL, seed=options.seed) as storm:
                figures = storm.run(kills=10, every_s=calm.seconds / 12)
            told("storm", figures)
            must((figures.duplicates, figures.missing, figures.broken) == (0, 0, []), "no image twice, none missing, no limit broken")
            must(figures.kills >= 10, "at least ten busy workers were killed")
            must(max(figures.restored, default=99) <= 5, "within 5 s another worker goes on")
            must(figures.seconds <= 1.3 * calm.seconds + SETTLE_MS / 1000, f"at most 1.3 x the unkilled run and settle: {figures.seconds / calm.seconds:.2f} x")
            must(figures.engine_rows <= 0.3 * figures.lanes, f"at most 0.3 rows of the engine a lane: {figures.engine_rows / figures.lanes:.2f}")
        if asked("late"):
            with Storm(url, FULL, seed=options.seed, late=True) as storm:
                late = storm.run(kills=20, every_s=calm.seconds / 24 if calm else 2)
            told("the same, journal written after the turn (a control: it must fail)", late)
            must(late.duplicates > 0, "a journal that is written late makes second images")
        if calm and asked("steps"):
            with Storm(url, FULL, seed=options.seed, step_s=0) as storm:
                steps = storm.run()
            told("the same, a request a step of the engine", steps)
            must(calm.seconds <= 0.55 * steps.seconds, f"at most 0.55 of its time: {calm.seconds / steps.seconds:.2f}")
            must(calm.engine_rows <= 0.1 * steps.engine_rows, f"at most a tenth of its rows: {calm.engine_rows / steps.engine_rows:.3f}")
        if asked("stopped"):
            with Storm(url, FULL, seed=options.seed, lost=0) as storm:
                storm.begin()
                for _ in range(3):
                    storm.start()
                while sum(standing.epoch > 0 for standing in storm.standings()) < FULL.partitions // 2:
                    time.sleep(0.1)
                time.sleep(3)
                taken, written = storm.wake()
                print(f"stopped: {taken} partitions went on elsewhere, {written} lines written by the one that woke")
                must(taken > 0 and written == 0, "a worker that was stopped writes nothing when it wakes")
        if asked("large"):
            with Storm(url, LARGE, seed=options.seed) as storm:
                large = storm.run(kills=4, every_s=10, deadline_s=1800)
            told("large", large)
            must((large.duplicates, large.missing, large.broken) == (0, 0, []), "no image twice, none missing, no limit broken")
            must(large.memory[8] <= 1.5 * large.memory[3], "memory is flat")
    if failures:
        raise SystemExit(f"{len(failures)} not as promised")


if __name__ == "__main__":
    main()
