"""
The native half of `imgferry`.
"""

from typing import final, overload, Any, Callable, Final, Literal, Mapping, NoReturn, Sequence, SupportsFloat, SupportsIndex

from .params import huawei, tencent, volcengine
from .types import Diagnosis, Event, Evidence, Explanation, Headers, Lost, Need, Operation, Problem, Region, Reply, Report, Row, Rule, Verified

__all__ = ["DEBUG", "VERSION", "At", "Call", "Credentials", "Done", "Job", "Plan", "Prepared", "Request", "Send", "Signed", "Wait", "World", "build", "check", "diagnose", "example_keys", "explain", "finish", "investigate", "is_loopback", "operations", "plan_schema", "prepare", "read", "regions", "rules", "shown_endpoint", "sign", "verify"]

DEBUG: Final[bool]
"""
Whether the module was built without optimisation, which no figure should be taken from.
"""

VERSION: Final[str]
"""
The version of the package.
"""

@final
class At:
    """
    Where an operation is carried out.

    ``region`` is acted on; for a copy it is the source region. ``site`` is ``main`` or ``international`` (Tencent Cloud
    International, BytePlus). ``endpoint`` is another host than the vendor's, such as ``http://127.0.0.1:8080``;
    ``sign_host`` says whether the signature names that host (``endpoint``) or the vendor's (``official``); without it,
    an endpoint on loopback stands in for the vendor's host, and any other is named itself. Whoever gets a request that is
    signed for the vendor's host can send it on: ``official`` is for hosts that you trust.
    ``project_id`` and ``domain_id`` are Huawei's. ``language`` of the vendor's messages is ``en`` or ``zh``.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self, /) -> tuple[tuple[str], dict[str, str | None]]:
        """
        What makes the same place again, for pickle and copy.
        """
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, region: str, *, site: str | None = None, endpoint: str | None = None, sign_host: str | None = None, project_id: str | None = None, domain_id: str | None = None, language: str | None = None) -> At: ...
    def __repr__(self, /) -> str: ...

@final
class Call:
    """
    A built operation: everything but the signature.
    """
    @property
    def region(self, /) -> str:
        """
        Region in the credential scope.
        """
    @property
    def request(self, /) -> Request:
        """
        The request, complete but for date, token and authorization.
        """
    @property
    def service(self, /) -> str:
        """
        Service in the credential scope.
        """
    def sign(self, /, credentials: Credentials, *, time_ms: int) -> Request:
        """
        Signs for this moment. Sign at every send; a stored signature is a broken retry.
        """

@final
class Credentials:
    """
    An access key: `id`, `secret` and, for a temporary key, the session `token`. Never shows secret or token.

    It keeps the keys derived from the secret, so signing again with the same object is cheaper.
    """
    def __new__(cls, /, id: str, secret: str, token: str | None = None) -> Credentials: ...
    def __reduce__(self, /) -> NoReturn:
        """
        Refuses to be pickled or copied: the secret would stand in the clear wherever that goes.
        """
    def __repr__(self, /) -> str: ...
    @property
    def id(self, /) -> str:
        """
        The access key id: not a secret.
        """
    def redact(self, /, text: str) -> str:
        """
        A text of somebody else without the secret and the token of this key, in whatever encoding they stand there.
        """

@final
class Done:
    """
    Every destination has ended.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...

@final
class Job:
    """
    A replication under way: ``poll`` says what to do, ``answer`` and ``lost`` tell what came of it.

    It does no I/O and knows no clock. What ``take_journal`` returns must be on disk before a ``Send`` is carried out.
    ``seed`` decides all its chances, such as jitter. Pickled and copied as its journal: what of it is not on disk stands in
    the ``compact`` of the copy. A survey keeps none, and is neither.
    """
    def __len__(self, /) -> int:
        """
        Number of destinations.
        """
    def __new__(cls, /, plan: Plan, *, now_ms: int, seed: int) -> Job: ...
    def __reduce__(self, /) -> tuple[Callable[[str, list[str]], Job], tuple[str, list[str]]]:
        """
        Its journal, and what takes it up again, for pickle and copy.
        """
    def __repr__(self, /) -> str: ...
    def answer(self, /, id: int, status: int, headers: Headers, body: bytes | str, *, now_ms: int) -> None:
        """
        Takes the answer of a request. Raises when no request of that id is under way; nothing changes then.
        """
    def cancel(self, /, *, now_ms: int) -> None:
        """
        Stops what is not launched and leaves running what is. Ends after the answers under way.
        """
    def compact(self, /) -> str:
        """
        The whole journal anew and as short as it can be, to replace the file with.
        """
    def lost(self, /, id: int, why: Lost, cause: str | None = None, *, now_ms: int) -> None:
        """
        Tells that a request has no answer: ``unsent`` when it certainly never left, ``blocked`` when nor will another before
        somebody mends what is wrong (the run ends then, to be resumed), ``unanswered`` when in doubt. ``cause`` says why in
        words, such as the HTTP client's own; errors and events show it.
        """
    def poll(self, /, credentials: Mapping[str, Credentials], *, now_ms: int) -> Send | Wait | Done:
        """
        Says what to do now. Credentials are given every time, by cloud, so that they may be refreshed between two polls.
        """
    def report(self, /) -> Report:
        """
        What became of every destination so far.
        """
    def resolve(self, /, lane: int, id: str | None, *, now_ms: int) -> None:
        """
        Takes a person's word on a lane that is ambiguous or probing: the copy is there under that id (an export: the id of its
        task), or, with ``None``, it is not there. At the next poll it is watched, or looked for and launched anew. ``lane`` is
        that of a row; the word is in the journal. Raises when the lane is in no doubt or the id cannot be that of its copy.
        """
    @staticmethod
    def restore(journal: str, *, now_ms: int, trusted_hosts: Sequence[str] | None = None) -> tuple[Job, int]:
        """
        Takes a replication up again from its journal; any prefix of it will do. Also returns how many bytes of the
        journal count: cut the file to this length before appending to it. ``trusted_hosts`` as for ``Plan``: the journal
        does not hold them.
        """
    def rows(self, /, lanes: Sequence[int]) -> list[Row]:
        """
        The rows of some destinations as they stand in the report, without making the others.
        """
    @staticmethod
    def survey(plan: Plan, *, now_ms: int, seed: int) -> Job:
        """
        Only looks at what is there: every destination ends as present, missing, stale or in conflict. Nothing is launched.
        """
    def take_events(self, /) -> list[Event]:
        """
        Takes the events since the last call.
        """
    def take_journal(self, /) -> str:
        """
        Takes the journal lines written since the last call.
        """
    @staticmethod
    def wake(journal: str, *, now_ms: int, trusted_hosts: Sequence[str] | None = None) -> tuple[Job, int]:
        """
        Takes a replication up for its next turn, where memory does not last from one wait to the next: as `restore`, but
        deadlines go on and what has ended stays so. A turn ends when nothing is under way and `Wait` says a second or more.
        """

@final
class Plan:
    """
    What is to be replicated: images, where they are, where they go, and every number of the replication.

    Made from the dict that a plan file holds; raises with every mistake of form in ``problems``. Where the plan has requests
    signed for the vendor's host and sent to another (``sign_host`` ``official``), ``trusted_hosts`` must name that host,
    unless it is on loopback: it can send them on to the vendor.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self, /) -> tuple[tuple[dict[str, Any]], dict[str, Sequence[str]]]:
        """
        What makes the same plan again, for pickle and copy.
        """
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, plan: Mapping[str, Any], *, trusted_hosts: Sequence[str] | None = None) -> Plan: ...
    def __repr__(self, /) -> str:
        """
        How many images of which clouds go to how many destinations: a plan may be as long as a book.
        """
    def as_dict(self, /) -> dict[str, Any]:
        """
        The plan as a dict, defaults filled in; makes the same plan again.
        """
    def check(self, /) -> list[Problem]:
        """
        Checks every documented rule for every destination, before the first call.
        """
    def needs(self, /) -> list[Need]:
        """
        Every operation that carrying out the plan can call: where, what for, what a policy must allow for it, and what
        becomes of a run without it.
        """

@final
class Prepared:
    """
    All of a signature but the secret's part; ``finish`` adds that.
    """
    def __repr__(self, /) -> str: ...
    @property
    def canonical_request(self, /) -> str:
        """
        The canonical request. Holds the session token where the scheme signs it.
        """
    @property
    def headers(self, /) -> list[tuple[str, str]]:
        """
        All headers to send except ``Authorization``.
        """
    @property
    def signed_headers(self, /) -> str:
        """
        Names of the signed headers, joined by ``;``.
        """
    @property
    def string_to_sign(self, /) -> str:
        """
        The string to sign.
        """
    @property
    def url(self, /) -> str:
        """
        The URL to send; without the signature while presigned.
        """

@final
class Request:
    """
    A complete HTTP request: what was signed is what is sent, byte for byte.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def body(self, /) -> str:
        """
        The body; empty when there is none.
        """
    @property
    def headers(self, /) -> list[tuple[str, str]]:
        """
        Headers in the order in which they were made. ``host`` is among them only when it differs from the URL's.
        """
    @property
    def method(self, /) -> str:
        """
        The method, upper case.
        """
    def redacted(self, /) -> Request:
        """
        A copy that may be shown: signature and tokens replaced by ``REDACTED``.
        """
    @property
    def url(self, /) -> str:
        """
        Absolute URL, already percent-encoded; send it as it is.
        """

@final
class Send:
    """
    Write the journal, send this request as it is, and tell what came of it.
    """
    def __repr__(self, /) -> str: ...
    @property
    def id(self, /) -> int:
        """
        To be given back with the answer.
        """
    @property
    def request(self, /) -> Request:
        """
        What to send, byte for byte.
        """
    @property
    def timeout_ms(self, /) -> int:
        """
        How long to wait for the answer, in milliseconds.
        """

@final
class Signed:
    """
    A signed request, with every intermediate. ``canonical_request`` holds the session token where the scheme signs it.
    """
    def __repr__(self, /) -> str: ...
    @property
    def authorization(self, /) -> str:
        """
        The value of the ``Authorization`` header; empty when presigned.
        """
    @property
    def canonical_request(self, /) -> str:
        """
        The canonical request.
        """
    @property
    def headers(self, /) -> list[tuple[str, str]]:
        """
        All headers to send, ``Authorization`` included unless presigned.
        """
    @property
    def signature(self, /) -> str:
        """
        Lower-case hex of the signature.
        """
    @property
    def signed_headers(self, /) -> str:
        """
        Names of the signed headers, joined by ``;``.
        """
    @property
    def string_to_sign(self, /) -> str:
        """
        The string to sign.
        """
    @property
    def url(self, /) -> str:
        """
        The URL to send.
        """

@final
class Wait:
    """
    Nothing to send before this moment. Always in the future; an answer may change it.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def until_ms(self, /) -> int:
        """
        By the host's clock, in milliseconds since 1970.
        """

@final
class World:
    """
    The three clouds in a box, strict and seeded: takes requests, gives answers, keeps the truth.

    ``scenario`` says what they hold, how fast they are, what they allow and what goes wrong; without it, a friendly world.
    """
    def __new__(cls, /, scenario: Mapping[str, Any] | None = None, *, now_ms: int, speed: SupportsFloat | SupportsIndex = 1.0) -> World: ...
    def handle(self, /, method: str, target: str, headers: Headers, body: bytes | str, *, now_ms: int) -> tuple[int, list[tuple[str, str]], bytes, int] | None:
        """
        What becomes of a request: status, headers, body and delay in milliseconds of the answer, or ``None`` when the
        connection breaks without one. ``target`` is path and query as on the request line.
        """
    def ledger(self, /) -> dict[str, Any]:
        """
        Everything that happened: calls, totals, images per lane, load per limit, and what a careful client never does.
        """

@overload
def build(cloud: Literal["tencent"], operation: Literal["AssumeRole"], params: tencent.AssumeRole, at: At) -> Call:
    """
    Checks and builds the request of an operation; raises with all findings in ``problems``.
    """

@overload
def build(cloud: Literal["tencent"], operation: Literal["DeleteImages"], params: tencent.DeleteImages, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["DescribeImageFromFamily"], params: tencent.DescribeImageFromFamily, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["DescribeImageQuota"], params: tencent.DescribeImageQuota, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["DescribeImageSharePermission"], params: tencent.DescribeImageSharePermission, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["DescribeImages"], params: tencent.DescribeImages, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["DescribeRegions"], params: tencent.DescribeRegions, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["ExportImages"], params: tencent.ExportImages, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["GetCallerIdentity"], params: tencent.GetCallerIdentity, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["ModifyImageAttribute"], params: tencent.ModifyImageAttribute, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["ModifyImageSharePermission"], params: tencent.ModifyImageSharePermission, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["SyncImages"], params: tencent.SyncImages, at: At) -> Call: ...

@overload
def build(cloud: Literal["tencent"], operation: Literal["TagResources"], params: tencent.TagResources, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["AssumeRole"], params: volcengine.AssumeRole, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["CopyImage"], params: volcengine.CopyImage, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["DeleteImages"], params: volcengine.DeleteImages, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["DescribeImageSharePermission"], params: volcengine.DescribeImageSharePermission, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["DescribeImages"], params: volcengine.DescribeImages, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["DescribeRegions"], params: volcengine.DescribeRegions, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["DescribeTasks"], params: volcengine.DescribeTasks, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["ExportImage"], params: volcengine.ExportImage, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["GetCallerIdentity"], params: volcengine.GetCallerIdentity, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["ModifyImageAttribute"], params: volcengine.ModifyImageAttribute, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["ModifyImageSharePermission"], params: volcengine.ModifyImageSharePermission, at: At) -> Call: ...

@overload
def build(cloud: Literal["volcengine"], operation: Literal["TagResources"], params: volcengine.TagResources, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["AddImageMembers"], params: huawei.AddImageMembers, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["AddImageTags"], params: huawei.AddImageTags, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["CopyImageCrossRegion"], params: huawei.CopyImageCrossRegion, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["CopyImageInRegion"], params: huawei.CopyImageInRegion, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["CopyImageInRegionInSafeMode"], params: huawei.CopyImageInRegionInSafeMode, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["CreateTemporaryAccessKeyByAgency"], params: huawei.CreateTemporaryAccessKeyByAgency, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["DeleteImage"], params: huawei.DeleteImage, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["DeleteImageMembers"], params: huawei.DeleteImageMembers, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ExportImage"], params: huawei.ExportImage, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ExportImageInSafeMode"], params: huawei.ExportImageInSafeMode, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ListAgencies"], params: huawei.ListAgencies, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ListAuthDomains"], params: huawei.ListAuthDomains, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ListImageMembers"], params: huawei.ListImageMembers, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ListImages"], params: huawei.ListImages, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ListProjects"], params: huawei.ListProjects, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ListRegions"], params: huawei.ListRegions, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ShowImage"], params: huawei.ShowImage, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ShowImageQuota"], params: huawei.ShowImageQuota, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ShowJob"], params: huawei.ShowJob, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["ShowJobProgress"], params: huawei.ShowJobProgress, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["UpdateImage"], params: huawei.UpdateImage, at: At) -> Call: ...

@overload
def build(cloud: Literal["huawei"], operation: Literal["UpdateImageMembers"], params: huawei.UpdateImageMembers, at: At) -> Call: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["AssumeRole"], params: tencent.AssumeRole, at: At) -> list[Problem]:
    """
    Checks every documented rule of an operation: all findings at once, nothing converted, nothing sent.
    """

@overload
def check(cloud: Literal["tencent"], operation: Literal["DeleteImages"], params: tencent.DeleteImages, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["DescribeImageFromFamily"], params: tencent.DescribeImageFromFamily, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["DescribeImageQuota"], params: tencent.DescribeImageQuota, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["DescribeImageSharePermission"], params: tencent.DescribeImageSharePermission, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["DescribeImages"], params: tencent.DescribeImages, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["DescribeRegions"], params: tencent.DescribeRegions, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["ExportImages"], params: tencent.ExportImages, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["GetCallerIdentity"], params: tencent.GetCallerIdentity, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["ModifyImageAttribute"], params: tencent.ModifyImageAttribute, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["ModifyImageSharePermission"], params: tencent.ModifyImageSharePermission, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["SyncImages"], params: tencent.SyncImages, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["tencent"], operation: Literal["TagResources"], params: tencent.TagResources, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["AssumeRole"], params: volcengine.AssumeRole, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["CopyImage"], params: volcengine.CopyImage, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["DeleteImages"], params: volcengine.DeleteImages, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["DescribeImageSharePermission"], params: volcengine.DescribeImageSharePermission, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["DescribeImages"], params: volcengine.DescribeImages, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["DescribeRegions"], params: volcengine.DescribeRegions, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["DescribeTasks"], params: volcengine.DescribeTasks, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["ExportImage"], params: volcengine.ExportImage, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["GetCallerIdentity"], params: volcengine.GetCallerIdentity, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["ModifyImageAttribute"], params: volcengine.ModifyImageAttribute, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["ModifyImageSharePermission"], params: volcengine.ModifyImageSharePermission, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["volcengine"], operation: Literal["TagResources"], params: volcengine.TagResources, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["AddImageMembers"], params: huawei.AddImageMembers, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["AddImageTags"], params: huawei.AddImageTags, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["CopyImageCrossRegion"], params: huawei.CopyImageCrossRegion, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["CopyImageInRegion"], params: huawei.CopyImageInRegion, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["CopyImageInRegionInSafeMode"], params: huawei.CopyImageInRegionInSafeMode, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["CreateTemporaryAccessKeyByAgency"], params: huawei.CreateTemporaryAccessKeyByAgency, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["DeleteImage"], params: huawei.DeleteImage, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["DeleteImageMembers"], params: huawei.DeleteImageMembers, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ExportImage"], params: huawei.ExportImage, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ExportImageInSafeMode"], params: huawei.ExportImageInSafeMode, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ListAgencies"], params: huawei.ListAgencies, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ListAuthDomains"], params: huawei.ListAuthDomains, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ListImageMembers"], params: huawei.ListImageMembers, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ListImages"], params: huawei.ListImages, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ListProjects"], params: huawei.ListProjects, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ListRegions"], params: huawei.ListRegions, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ShowImage"], params: huawei.ShowImage, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ShowImageQuota"], params: huawei.ShowImageQuota, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ShowJob"], params: huawei.ShowJob, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["ShowJobProgress"], params: huawei.ShowJobProgress, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["UpdateImage"], params: huawei.UpdateImage, at: At) -> list[Problem]: ...

@overload
def check(cloud: Literal["huawei"], operation: Literal["UpdateImageMembers"], params: huawei.UpdateImageMembers, at: At) -> list[Problem]: ...

def diagnose(ours: str, theirs: str | None = None) -> Diagnosis:
    """
    Why a signature was refused: our canonical request beside what the server says of its own, or of the refusal.
    """

def example_keys() -> list[tuple[str, str, str]]:
    """
    The keys of the default world: cloud, id and secret. None of them is real.
    """

def explain(cloud: str, code: str, *, status: int | None = None, message: str | None = None) -> Explanation:
    """
    What an error code of a cloud means and what to do; ``status`` helps with codes that are not in the catalogue,
    ``message``, the cloud's, where one code stands for several troubles.
    """

def finish(prepared: Prepared, credentials: Credentials) -> Signed:
    """
    Adds the secret's part to what ``prepare`` made. The two may happen in different places.
    """

def investigate(text: str, answer: str | None = None, *, credentials: Credentials | None = None, now_ms: int | None = None) -> Evidence:
    """
    Explains whatever is in hand of a refusal: a request (HTTP, a curl line, HAR, JSON) with its answer, an exception's text of
    any client, lines of a log. ``answer`` is the cloud's answer where it stands apart; with the ``credentials`` that were to
    sign, causes are tried by computing the signature anew; ``now_ms`` is when it was refused, where that is known.
    """

def is_loopback(host: str) -> bool:
    """
    Whether a host name or address is this machine, in whatever spelling.
    """

def operations(cloud: str) -> list[Operation]:
    """
    The operations known for a cloud, sorted by name, with their parameters.
    """

def plan_schema() -> str:
    """
    The plan format as JSON Schema (draft-07), as text: for editors and validators. The defaults of the policy are in it.

    >>> json.loads(imgferry.plan_schema())["definitions"]["Policy"]["properties"]["poll"]["default"]
    '15s'
    """

def prepare(cloud: str, method: str, url: str, *, id: str, token: str | None = None, time_ms: int, headers: Headers | None = None, body: bytes | str | None = None, region: str | None = None, service: str | None = None, signed_headers: Sequence[str] | None = None, unsigned_payload: bool = False, presign: bool = False, expires_s: int | None = None, derived: bool = False) -> Prepared:
    """
    Everything of a signature that needs no secret: ``sign`` without the key, for ``finish`` elsewhere.
    """

def read(cloud: str, operation: str, status: int, headers: Headers, body: bytes | str, *, credentials: Credentials | None = None, params: Mapping[str, Any] | None = None) -> Reply:
    """
    Reads an answer. Total: any status and any bytes give a reply or an ``Error``. With ``params``, those that were sent,
    an id that was sent is never taken for that of a new image.

    A list of more than 1,000 rows, which no page of these clouds holds, is not a ``list`` but ``imgferry.rows.Rows``: a
    sequence whose rows are made when they are asked for. ``json.dumps(reply, default=list)`` writes it.

    What the answer repeats of the secret and the token of ``credentials`` is replaced by ``REDACTED``, in whatever form.
    """

def regions(cloud: str) -> list[Region]:
    """
    The regions known for a cloud, sorted by id. A region that is not listed is a warning, never a wall.
    """

def rules(cloud: str | None = None) -> list[Rule]:
    """
    The rules of a cloud, with id, severity and messages; without a cloud those of plans and of parameters of every cloud.
    """

def shown_endpoint(url: str) -> str:
    """
    An endpoint as it may be shown: without user, password and query.
    """

def sign(cloud: str, method: str, url: str, *, credentials: Credentials, time_ms: int, headers: Headers | None = None, body: bytes | str | None = None, region: str | None = None, service: str | None = None, signed_headers: Sequence[str] | None = None, unsigned_payload: bool = False, presign: bool = False, expires_s: int | None = None, derived: bool = False) -> Signed:
    """
    Signs a request of the scheme of a cloud.

    The headers given are taken as they are; ``host``, the date, the token and what else the scheme needs are added when
    missing. ``signed_headers`` names exactly the headers to sign; without it, the least that the scheme needs.
    ``unsigned_payload`` (Tencent, Huawei) leaves the body out; ``presign`` with ``expires_s`` (Volcengine) puts the
    signature into the query; ``derived`` (Huawei) makes the form V11-HMAC-SHA256.
    """

def verify(cloud: str, method: str, url: str, *, headers: Headers, body: bytes | str, now_ms: int, keys: Callable[[str], Credentials | None], region: str | None = None, service: str | None = None, required_headers: Sequence[str] | None = None) -> Verified:
    """
    Verifies the signature of a request as the cloud does; raises ``Refused`` with the reason when it is not good.

    ``keys`` finds the credentials of an access key id, or ``None``: the ``get`` of a dict will do. ``region``, ``service``
    and ``required_headers`` say what the signature must be good for, beyond what the scheme asks.
    """
