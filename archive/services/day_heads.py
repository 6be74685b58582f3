"""Closing the days of the audit trail: one head over all events of a day, chained from day to day.

A day is closed some time after its end, when a pass of reconciling has written what a crash had left out of it; an
event is never added to a closed day, since it carries the moment of its record's write.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, timedelta

from archive.domain.access import Access
from archive.domain.audit import START, AuditEvent, DayHead
from archive.domain.query import Anything, Is
from archive.errors import Conflict
from archive.ports import Ports
from archive.services import audit

REST = timedelta(minutes=15)  # after the end of a day; writes are over by then, and clocks agree so far
PART = 1000  # events read at once


def close_days(ports: Ports) -> int:
    """Closes every day that is over and not closed yet; how many that were."""
    last = _last(ports)
    end = (ports.clock.now() - REST).astimezone(UTC).date()
    begin = date.fromisoformat(last.id) + timedelta(days=1) if last else _first_day(ports)
    closed = 0
    day = begin
    while day is not None and day < end:
        hashes = list(_hashes(ports, day.isoformat()))
        if hashes:
            last = _close(ports, DayHead.of(day.isoformat(), hashes, last.hash if last else START))
            closed += 1
        day += timedelta(days=1)
    return closed


def _last(ports: Ports) -> DayHead | None:
    found = ports.index.select(DayHead, Anything(), Access.whole_archive(), order=("-id",), size=1).records
    return found[0].record if found else None


def _first_day(ports: Ports) -> date | None:
    found = ports.index.select(AuditEvent, Anything(), Access.whole_archive(), order=("day",), size=1).records
    return date.fromisoformat(found[0].record.day) if found else None


def _hashes(ports: Ports, day: str) -> Iterator[str]:
    start = 0
    while True:
        part = ports.index.select(
            AuditEvent, Is.of("day", day), Access.whole_archive(), order=("id",), size=PART, start=start
        )
        yield from (read.record.hash for read in part.records)
        start += PART
        if start >= part.total:
            return


def _close(ports: Ports, head: DayHead) -> DayHead:
    try:
        written = ports.index.create(head)
    except Conflict:  # another process closed it
        return ports.index.get(DayHead, head.id).record
    audit.write_sidecar(ports, written)
    return head
