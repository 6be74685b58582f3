"""What a record is, and how each of its fields is searched.

A record is a frozen pydantic model with an id. How a field is searched is declared once, on the field, by one of the
marks below; the index adapters derive their schemas from it. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict


class Searched(StrEnum):
    """How a field is searched. A field without a mark is stored only."""

    TEXT = "text"  # Chinese and Latin full text, by the tokens of search.analysis
    KEYWORD = "keyword"  # the whole value, exactly; a list holds any of its values
    DATE = "date"  # a calendar day, ranges
    NUMBER = "number"  # ranges
    META = "meta"  # a mapping whose keys end in their type: _k keyword, _t text, _n number, _d date


Keyword = Annotated[str, Searched.KEYWORD]
Text = Annotated[str, Searched.TEXT]
Number = Annotated[int, Searched.NUMBER]


class Part(BaseModel):
    """Something inside a record. What is wrong with one is told without what it holds: that would be in logs."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Event(Part):
    """The last thing that happened to a record; the audit trail is made from these."""

    at: datetime
    by: str
    action: str
    details: dict[str, str | int | float | bool | None | list[str]] = {}


class Record(Part):
    """One thing that changes as one.

    `kind` names the collection it lives in. `decided` records are changed by conditional writes and carry their last
    event; derived ones can be written again at any time, and an older `stamp` never replaces a newer one.
    """

    kind: ClassVar[str]
    decided: ClassVar[bool] = True
    in_sidecar: ClassVar[bool] = True  # kept beside the scans too, since nothing else could make it anew

    id: Keyword


class Decided(Record):
    """A record changed by one conditional write at a time."""

    last: Event


class Derived(Record):
    """A record that follows from another; `stamp` is the revision of what it was made from."""

    decided: ClassVar[bool] = False
    in_sidecar: ClassVar[bool] = False
    stamp: Annotated[int, Searched.NUMBER] = 0


R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Versioned(Generic[R]):
    """A record as read by id. `revision` counts its writes from 1; `token` is what a conditional write needs;
    `seq` is the archive-wide number of the write (for `Index.refresh`)."""

    record: R
    revision: int
    token: str
    seq: int


def searched_fields(model: type[Record]) -> Iterator[tuple[str, Searched]]:
    """The fields of `model` that can be searched, with how."""
    for name, field in model.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, Searched):
                yield name, mark
