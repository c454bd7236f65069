"""What a run was told and what it did, written down so that it can be told again: every step with its time, every request
and answer without secrets. Beside the journal, only where it is asked for.

A line is a JSON object: ``start`` (the job as its journal tells it), ``poll``, ``request``, ``answer``, ``lost``, ``cancel``,
``events`` as they came, and ``report`` at the end. A run that was gone on with starts again in the same file.
"""

from __future__ import annotations

import base64
import json
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from . import Credentials, Done, Job, Send, Wait, __version__, sign
from .error import Error

if TYPE_CHECKING:
    from .types import Event, Report

Step = Union[Send, Wait, Done]


def file(journal: Path) -> Path:
    """Where the tape of a run is kept."""
    return journal.with_name(journal.name + ".tape")


def versions() -> Dict[str, str]:
    """What the run was carried out by."""
    return {"imgferry": __version__, "python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}


class Recorded:
    """A job that writes down what it is told and what it does. What cannot be written is left out: no run ends for it."""

    def __init__(self, job: Job, path: Path, *, now_ms: int, trusted_hosts: Sequence[str] = ()) -> None:
        """Takes a job over before its first step. Its journal lines so far must be on disk."""
        text = job.compact()
        # The one that is told again is made like this, so this one is too.
        self.job, _ = Job.wake(text, now_ms=now_ms, trusted_hosts=list(trusted_hosts))
        self.early = job.take_events()
        self.keys = Keys()
        try:
            self.tape: Optional[int] = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        except OSError:
            self.tape = None
        self.write({"start": {"now_ms": now_ms, "journal": text, "events": self.early, "trusted_hosts": list(trusted_hosts)}, "versions": versions()})

    def __getattr__(self, name: str) -> Any:
        return getattr(self.job, name)

    def poll(self, credentials: Mapping[str, Credentials], *, now_ms: int) -> Step:
        numbers = self.keys.numbers(credentials)
        step = self.job.poll(credentials, now_ms=now_ms)
        self.write({"poll": now_ms, "keys": numbers})
        if isinstance(step, Send):
            shown = step.request.redacted()
            hidden = self.keys.redact
            headers = [[name, hidden(value)] for name, value in shown.headers]
            self.write({"request": step.id, "method": shown.method, "url": hidden(shown.url), "headers": headers, "body": hidden(shown.body)})
        return step

    def answer(self, id: int, status: int, headers: Any, body: Union[bytes, str], *, now_ms: int) -> None:
        pairs = [[name, self.keys.redact(value)] for name, value in (headers.items() if hasattr(headers, "items") else headers)]
        raw = body if isinstance(body, bytes) else body.encode()
        self.job.answer(id, status, headers, body, now_ms=now_ms)
        try:
            told = {"body": self.keys.redact(raw.decode())}
        except UnicodeDecodeError:
            told = {"base64": base64.b64encode(self.keys.redact(raw.decode("latin-1")).encode("latin-1", "replace")).decode()}
        self.write({"answer": id, "now_ms": now_ms, "status": status, "headers": pairs, **told})

    def lost(self, id: int, why: Any, cause: Optional[str] = None, *, now_ms: int) -> None:
        self.job.lost(id, why, cause, now_ms=now_ms)
        self.write({"lost": id, "now_ms": now_ms, "why": why, "cause": None if cause is None else self.keys.redact(cause)})

    def cancel(self, *, now_ms: int) -> None:
        self.job.cancel(now_ms=now_ms)
        self.write({"cancel": now_ms})

    def take_events(self) -> List[Event]:
        events, self.early = [*self.early, *self.job.take_events()], []
        if events:
            self.write({"events": events})
        return events

    def close(self) -> None:
        """Writes down how it ended."""
        self.write({"report": self.job.report()})
        if self.tape is not None:
            os.close(self.tape)
            self.tape = None

    def write(self, line: Dict[str, Any]) -> None:
        if self.tape is None:
            return
        try:
            os.write(self.tape, (json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8", "replace"))
        except OSError:
            os.close(self.tape)
            self.tape = None


class Keys:
    """The keys that a run has used, by number: a tape tells when they changed, not what they are."""

    def __init__(self) -> None:
        self.seen: Dict[str, List[str]] = {}
        self.held: Dict[int, Tuple[Credentials, int]] = {}

    def numbers(self, credentials: Mapping[str, Credentials]) -> Dict[str, int]:
        return {cloud: self.number(cloud, key) for cloud, key in credentials.items()}

    def number(self, cloud: str, key: Credentials) -> int:
        if id(key) not in self.held:
            # Equal keys make equal signatures. The token is signed too.
            mark = sign("huawei", "GET", "https://localhost/", credentials=key, time_ms=1_700_000_000_000).signature + key.id
            known = self.seen.setdefault(cloud, [])
            if mark not in known:
                known.append(mark)
            self.held[id(key)] = (key, known.index(mark))
        return self.held[id(key)][1]

    def redact(self, text: str) -> str:
        for key, _ in self.held.values():
            text = key.redact(text)
        return text


class Retold:
    """A story told again from a tape, line by line."""

    def __init__(self) -> None:
        self.stories = 0
        #: Lines that came out otherwise than they were told.
        self.differences: List[str] = []
        self.report: Optional[Report] = None

    def tell(self, lines: Sequence[str]) -> Iterator[Event]:
        """The events as they come. ``differences`` holds what is not, to the byte, as it was."""
        job: Optional[Job] = None
        early: List[Event] = []
        for number, text in enumerate(lines, 1):
            line = read(text, number)
            if "start" in line:
                start = line["start"]
                job, _ = Job.wake(start["journal"], now_ms=start["now_ms"], trusted_hosts=start["trusted_hosts"])
                early = start["events"]
                self.stories += 1
                continue
            if job is None:
                raise damaged(number)
            if "poll" in line:
                job.poll({cloud: key_of(key) for cloud, key in line["keys"].items()}, now_ms=line["poll"])
            elif "answer" in line:
                body = line["body"] if "body" in line else base64.b64decode(line["base64"])
                job.answer(line["answer"], line["status"], [(name, value) for name, value in line["headers"]], body, now_ms=line["now_ms"])
            elif "lost" in line:
                job.lost(line["lost"], line["why"], line["cause"], now_ms=line["now_ms"])
            elif "cancel" in line:
                job.cancel(now_ms=line["cancel"])
            elif "events" in line:
                events, early = [*early, *job.take_events()], []
                self.compare(number, {"events": events}, text)
                yield from events
            elif "report" in line:
                self.report = job.report()
                self.compare(number, {"report": self.report}, text)
        if job is not None:
            self.report = job.report()

    def compare(self, number: int, told: Dict[str, Any], text: str) -> None:
        if json.dumps(told, ensure_ascii=False, separators=(",", ":")) != text:
            self.differences.append(f"line {number}")


def key_of(number: int) -> Credentials:
    """A key that stands for one of those that were used."""
    return Credentials(f"REPLAYED-{number}", f"REPLAYED-SECRET-{number}")


def read(text: str, number: int) -> Dict[str, Any]:
    """A line of a tape."""
    try:
        line: Dict[str, Any] = json.loads(text)
    except ValueError:
        raise damaged(number) from None
    if not isinstance(line, dict):
        raise damaged(number)
    return line


def damaged(number: int) -> Error:
    return Error(
        f"line {number} of the recorded exchanges is damaged",
        code="tape",
        hint="make the bundle again from the journal and its .tape",
        hint_zh="请用日志及其 .tape 文件重新生成",
    )
