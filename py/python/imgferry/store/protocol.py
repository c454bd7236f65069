"""What `tick` needs of a store of journals: four methods, and what they say."""

from __future__ import annotations

from typing import Literal, NamedTuple, Optional, Protocol

from ..error import Error

#: How a driver stands after it has asked: it holds the partition, holds it and is to cancel, or another has taken over.
Held = Literal["held", "cancel", "taken"]
#: How a partition stands: it is to be driven, its job is over, or its journal cannot be gone on with.
State = Literal["open", "ended", "broken"]


class Taken(NamedTuple):
    """A partition that was taken over."""

    #: Counts the drivers: 1 is the first. Who has a lower one writes nothing any more.
    epoch: int
    #: All lines so far.
    journal: str


class Unavailable(Exception):
    """The database cannot be reached, or could not do what it was asked to: nothing was written, as far as is known."""


class TakenOver(Error):
    """Another driver has taken the partition over: this one has written nothing since, and is to leave it alone."""

    def __init__(self, partition: str) -> None:
        super().__init__(
            f"{partition} was taken over by another driver", code="partition.taken", hint="leave it to that one", hint_zh="已由其他进程接管，请勿继续"
        )


class Store(Protocol):
    """The journals of partitions. Every method commits before it returns, and raises ``Unavailable`` where it cannot."""

    def take(self, partition: str, owner: str) -> Optional[Taken]:
        """Takes a partition over: raises its epoch and reads its journal, in one transaction. ``None`` when it has ended.
        Raises ``Error`` when there is no such partition."""

    def append(self, partition: str, epoch: int, lines: str) -> Held:
        """Appends lines, if that epoch still holds; without lines it only asks."""

    def replace(self, partition: str, epoch: int, journal: str) -> Held:
        """Puts a shorter journal of the same meaning in the place of all lines, if that epoch still holds."""

    def end(self, partition: str, epoch: int, lines: str, state: State = "ended", note: str = "") -> Held:
        """Appends the last lines and closes the partition, if that epoch still holds."""
