"""The plain records that cross the border, for type checkers: every one is a dict at run time."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Literal, Optional, Protocol, Sequence, Tuple, TypedDict, Union

from .words import Cloud as Cloud
from .words import Effect, Owner, Ownership, Place, Purpose, RegionClass, Severity, State, TaskState, Without
from .words import EventKind as EventKind
from .words import Kind as Kind
from .words import LaneState as LaneState
from .words import Retry as Retry


class HasItems(Protocol):
    """Headers as every HTTP client has them."""

    def items(self) -> Iterable[Tuple[str, str]]: ...


#: Headers as a mapping, or as pairs.
Headers = Union[HasItems, Iterable[Tuple[str, str]]]


class Verified(TypedDict):
    """What a good signature says."""

    id: str
    region: Optional[str]
    service: Optional[str]
    time_ms: int
    signed_headers: str
    presigned: bool
    body_signed: bool


class Diagnosis(TypedDict):
    """Why a signature was refused. Session tokens in the texts are redacted."""

    component: str
    id: str
    sure: Literal["certain", "likely", "possible"]
    ours: str
    theirs: str
    cause: str
    cause_zh: str
    fix: str
    fix_zh: str


class Problem(TypedDict):
    """A finding: one rule broken at one place."""

    rule: str
    path: str
    severity: Severity
    message: str
    message_zh: str
    vendor_code: Optional[str]


class Need(TypedDict):
    """An operation that carrying out a plan can call; ``grant`` is what a policy must allow, empty where no page names it.

    ``without`` tells what becomes of a run that may not call it: it is ``refused``, or it warns and goes on, ``blind`` for what
    is there already or (``warned``) by other means.
    """

    cloud: Cloud
    operation: str
    grant: str
    region: str
    purpose: Purpose
    without: Without


class Explanation(TypedDict):
    """What is known about an error code."""

    code: str
    known: bool
    kind: Kind
    retry: Retry
    wait_ms: Optional[int]
    owner: Owner
    cause: str
    cause_zh: str
    next: str
    next_zh: str
    again_launch: str
    again_launch_zh: str
    again_read: str
    again_read_zh: str
    command: str


class RefusedRequest(TypedDict):
    """A request that was found in a text, and why it was probably refused: the most probable cause first."""

    cloud: Cloud
    method: str
    host: str
    operation: Optional[str]
    status: Optional[int]
    causes: List[Diagnosis]


class Refusal(TypedDict):
    """A refusal that was found in a text, with what is known of its code; ``again`` holds for the operation, or for a launch."""

    cloud: Cloud
    operation: Optional[str]
    code: str
    message: str
    request_id: Optional[str]
    known: bool
    kind: Kind
    retry: Retry
    wait_ms: Optional[int]
    owner: Owner
    cause: str
    cause_zh: str
    next: str
    next_zh: str
    again: str
    again_zh: str
    command: str


class Evidence(TypedDict):
    """What a text tells of a refusal; ``known`` is false where nothing was recognised."""

    known: bool
    requests: List[RefusedRequest]
    refusals: List[Refusal]


class Rule(TypedDict):
    """A documented constraint."""

    id: str
    severity: Severity
    vendor_code: Optional[str]
    message: str
    message_zh: str


Region = TypedDict("Region", {"id": str, "name": str, "name_zh": str, "class": RegionClass})


class Field(TypedDict):
    """One parameter of an operation."""

    name: str
    shape: Literal["text", "integer", "boolean", "texts", "objects"]
    record: Optional[str]
    fields: Optional[List["Field"]]
    required: bool
    place: Place
    doc: str


class Operation(TypedDict):
    """The table of an operation."""

    cloud: Cloud
    name: str
    effect: Effect
    method: str
    path: str
    service: str
    version: str
    per_second: int
    grant: str
    fields: List[Field]
    doc: str


class Origin(TypedDict):
    """The source of a copy, as recorded by the cloud."""

    region: str
    image: str


class _Inspected(TypedDict, total=False):
    lifecycle: str
    detection: str


class Image(_Inspected):
    """An image, as far as the answer tells; ``None`` means that it does not say.

    ``lifecycle`` and ``detection`` are Volcengine's words for where the image's maintenance stands and whether its
    inspection is over; they are absent where the answer does not tell them.
    """

    id: str
    name: str
    description: Optional[str]
    state: State
    raw_state: str
    percent: Optional[int]
    created_ms: Optional[int]
    size_bytes: Optional[int]
    ownership: Ownership
    encrypted: Optional[bool]
    iso: Optional[bool]
    whole: Optional[bool]
    os: Optional[str]
    origin: Optional[Origin]
    tags: List[List[str]]


class Failure(TypedDict):
    """Why a task failed, as far as the cloud tells."""

    code: str
    message: str


class Task(TypedDict):
    """A task or job."""

    id: str
    kind: str
    state: TaskState
    raw_state: str
    percent: Optional[int]
    image: Optional[str]
    created_ms: Optional[int]
    failure: Optional[Failure]


class Launched(TypedDict):
    """Something that was started."""

    region: Optional[str]
    image: Optional[str]
    task: Optional[str]
    objects: List[str]


class Project(TypedDict):
    """A project of an account."""

    id: str
    name: str
    enabled: bool


class NothingFacts(TypedDict):
    type: Literal["nothing", "dry_run"]


class LaunchedFacts(TypedDict):
    type: Literal["launched"]
    items: Sequence[Launched]


class ImagesFacts(TypedDict):
    type: Literal["images"]
    items: Sequence[Image]
    next: Optional[str]
    total: Optional[int]


class TasksFacts(TypedDict):
    type: Literal["tasks"]
    items: Sequence[Task]
    next: Optional[str]
    total: Optional[int]


class QuotaFacts(TypedDict):
    type: Literal["quota"]
    total: Optional[int]
    used: Optional[int]


class NamesFacts(TypedDict):
    type: Literal["regions", "agencies"]
    items: Sequence[str]
    next: Optional[str]
    total: Optional[int]


class ProjectsFacts(TypedDict):
    type: Literal["projects"]
    items: Sequence[Project]
    next: Optional[str]
    total: Optional[int]


class AccountsFacts(TypedDict):
    type: Literal["accounts"]
    items: Sequence[str]


class IdentityFacts(TypedDict):
    """Whose key it is that signed: the account, who acts in it, and the vendor's word for what that is."""

    type: Literal["identity"]
    account: str
    name: Optional[str]
    kind: Optional[str]


class TemporaryFacts(TypedDict):
    """A temporary key. The reply's ``data`` is ``None``, so that it stands nowhere else."""

    type: Literal["temporary"]
    id: str
    secret: str
    token: str
    expires_ms: Optional[int]


#: What an answer tells; ``type`` says which of them.
Facts = Union[
    NothingFacts, LaunchedFacts, ImagesFacts, TasksFacts, QuotaFacts, NamesFacts, ProjectsFacts, AccountsFacts, IdentityFacts, TemporaryFacts
]


class Reply(TypedDict):
    """A successful answer, read; ``data`` is the vendor's result object, complete.

    A list of more than 1,000 rows is an ``imgferry.rows.Rows``, whose rows are made when they are asked for.
    """

    request_id: Optional[str]
    facts: Facts
    data: Any


#: Why a request has no answer: it certainly never left and the next may; it did not, nor will another before somebody mends
#: what is wrong (a certificate, a proxy that wants a login); or it may have arrived.
Lost = Literal["unsent", "blocked", "unanswered"]
#: What came of a request: status, headers and body, or why there is no answer, with the cause in words if it is known.
Outcome = Union["tuple[int, Headers, Union[bytes, str]]", "tuple[Lost, str]", Lost]

_EventRequired = TypedDict("_EventRequired", {"seq": int, "at_ms": int, "event": EventKind, "cloud": Cloud, "region": str})
_EventOptional = TypedDict(
    "_EventOptional",
    {
        "lane": int,
        "lane_path": str,
        "percent": int,
        "eta_ms": List[int],
        "image_id": str,
        "wait_ms": int,
        "request_id": str,
        "error": Dict[str, Any],
    },
    total=False,
)


class Event(_EventRequired, _EventOptional):
    """One thing that happened; what is not known is left out. ``lane`` is the row of the report, ``lane_path`` says
    where it leads, as in ``huawei/cn-north-4→cn-east-3``; ``seq`` only grows, also where a job is taken up again.
    ``throttled`` and ``retried`` with a ``lane``: what was sent for it is sent again; without one, what is sent in that
    region waits."""


Row = TypedDict(
    "Row",
    {
        "lane": int,
        "cloud": Cloud,
        "path": str,
        "image": str,
        "from": str,
        "to": str,
        "name": str,
        "state": LaneState,
        "image_id": Optional[str],
        "task_id": Optional[str],
        "objects": List[str],
        "note": Optional[str],
        "note_zh": Optional[str],
        "percent": Optional[int],
        "launches": int,
        "since_ms": int,
        "launched_ms": Optional[int],
        "next_ms": Optional[int],
        "eta_ms": Optional[List[int]],
        "request_ids": List[str],
        "error": Optional[Dict[str, Any]],
    },
)


class Extra(TypedDict):
    """A copy of one of the plan's images that the plan does not ask for; ``image`` is its source."""

    cloud: Cloud
    region: str
    image_id: str
    name: str
    image: str


class Report(TypedDict):
    """What became of every destination, one row each, in the order of the plan. Only a survey looks for extra copies.

    ``steps`` are the images that chains made on the way.
    """

    exit_code: int
    counts: Dict[str, int]
    rows: List[Row]
    steps: List[Row]
    extra: List[Extra]
