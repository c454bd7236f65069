"""The rows of a long listing: a sequence whose rows are made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Tuple, TypeVar, Union, overload

if TYPE_CHECKING:
    from typing import Protocol

    class Source(Protocol):
        """What rows are read from."""

        def __len__(self) -> int: ...

        def read(self, start: int, stop: int) -> List[Any]: ...


#: Rows made at a time while they are walked through.
_AT_A_TIME = 64
T = TypeVar("T")


class Rows(Sequence):  # type: ignore[type-arg]
    """Like a list that cannot be changed: compares with lists, adds up with them, can be sliced, pickled and copied.

    A row is made anew each time it is asked for, so a change to it is not kept: ``list(rows)`` is a list of all rows.
    ``json.dumps(rows, default=list)`` writes them.
    """

    __slots__ = ("_places", "_source")

    def __init__(self, source: Source, places: Optional[range] = None) -> None:
        self._source = source
        self._places = range(len(source)) if places is None else places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Any: ...

    @overload
    def __getitem__(self, at: slice) -> Rows: ...

    def __getitem__(self, at: Union[int, slice]) -> Any:
        try:
            places = self._places[at]
        except IndexError:
            raise IndexError("list index out of range") from None
        if isinstance(places, range):
            return Rows(self._source, places)
        return self._source.read(places, places + 1)[0]

    def __iter__(self) -> Iterator[Any]:
        if self._places.step != 1:
            return (self._source.read(place, place + 1)[0] for place in self._places)
        starts = range(self._places.start, self._places.stop, _AT_A_TIME)
        return (row for start in starts for row in self._source.read(start, min(start + _AT_A_TIME, self._places.stop)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, Rows)):
            return NotImplemented
        return len(self) == len(other) and all(ours == theirs for ours, theirs in zip(self, other))

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: List[T]) -> List[Any]:
        return [*self, *other] if isinstance(other, (list, Rows)) else NotImplemented

    def __radd__(self, other: List[T]) -> List[Any]:
        return [*other, *self] if isinstance(other, list) else NotImplemented

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, islice(self, 2)))
        return f"Rows([{shown}{', …' if len(self) > 2 else ''}], {len(self)} in all)"

    def __reduce__(self) -> Tuple[Any, ...]:
        return list, (list(self),)

    def __copy__(self) -> Rows:
        return self
