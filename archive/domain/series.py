"""Running numbers of slips and findings, one record a series. Pure."""

from __future__ import annotations

from typing import ClassVar

from archive.domain.record import Record


class Series(Record):
    """`id` names the series ("JY-20261123" for the slips of a day), `last` is the number given out last. Counted by
    conditional writes; the things numbered have the trail."""

    kind: ClassVar[str] = "series"

    last: int
