"""The one exception of this package."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Kind, Problem, Retry


class Error(Exception):
    """Anything that went wrong, ours or the cloud's.

    ``kind`` is what to act on: ``auth``, ``permission``, ``throttled``, ``quota``, ``not_found``,
    ``invalid``, ``conflict``, ``unsupported``, ``server``, ``protocol`` or ``misuse``.
    No attribute ever holds a secret.
    """

    #: What sort of trouble; stable lower-case word.
    kind: Kind
    #: The vendor's code verbatim, or our own dotted id for ``misuse`` and ``protocol``.
    code: str
    #: The vendor's message verbatim, or ours.
    message: str
    #: The id to quote to the vendor's support.
    request_id: str | None
    #: HTTP status, when there was an answer.
    status: int | None
    #: ``never``, ``backoff``, ``unsure``, ``clock`` or ``credentials``: whether the same request can be sent again.
    retry: Retry
    #: Shortest sensible wait before that, in milliseconds.
    wait_ms: int | None
    #: The server's own clock in milliseconds since 1970, where the answer tells it.
    server_time_ms: int | None
    #: Next step, in English.
    hint: str
    #: Next step, in Chinese.
    hint_zh: str
    #: Every broken rule, when parameters or a plan were refused before sending.
    problems: list[Problem]

    def __init__(
        self,
        message: str,
        *,
        kind: Kind = "misuse",
        code: str = "misuse",
        request_id: str | None = None,
        status: int | None = None,
        retry: Retry = "never",
        wait_ms: int | None = None,
        server_time_ms: int | None = None,
        hint: str = "",
        hint_zh: str = "",
        problems: list[Problem] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.code = code
        self.request_id = request_id
        self.status = status
        self.retry = retry
        self.wait_ms = wait_ms
        self.server_time_ms = server_time_ms
        self.hint = hint
        self.hint_zh = hint_zh
        self.problems = problems or []

    @property
    def retryable(self) -> bool:
        """Whether sending the same request again can help at all."""
        return self.retry != "never"

    def as_dict(self) -> dict[str, object]:
        """The attributes as plain data, ready for JSON."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __reduce__(self) -> tuple[object, ...]:
        return again, (type(self), self.message, vars(self))

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        request = f" [request {self.request_id}]" if self.request_id else ""
        return f"{self.code}: {self.message}{hint}{request}"


class Refused(Error):
    """A signature that is not good, and why: what ``verify`` raises."""

    #: ``malformed``, ``unknown_key``, ``clock``, ``scope``, ``signed_headers``, ``payload``, ``signature`` or ``token``.
    reason: str
    #: The canonical request that the verifier computed, when it came that far. May hold the session token.
    canonical_request: str | None
    #: The moment of signing in milliseconds since 1970, when it could be read.
    signed_at_ms: int | None
    #: The access key id, when it could be read.
    id: str | None

    def __init__(
        self, message: str, *, reason: str, canonical_request: str | None = None, signed_at_ms: int | None = None, id: str | None = None
    ) -> None:
        super().__init__(message, kind="auth", code=reason)
        self.reason = reason
        self.canonical_request = canonical_request
        self.signed_at_ms = signed_at_ms
        self.id = id


def again(kind: type[Error], message: str, attributes: dict[str, object]) -> Error:
    """An error as it was, for pickle and copy."""
    error = kind.__new__(kind, message)
    vars(error).update(attributes)
    return error


# Tracebacks name the classes as users import them.
Error.__module__ = Refused.__module__ = "imgferry"
