"""The audit trail: every look at and change of a record, chained by hash. Pure.

A change's event has the id `{kind}/{record}/{revision}` and follows from the record, which carries it as `last`; the
hash covers the event and the hash of the revision before. Looks are one event a person, thing looked at (a document or
a dossier) and quarter of an hour, chained a person and day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from archive.domain.record import Decided, Derived, Keyword, Record

START = "0" * 64  # what the first event of a chain has before it


LOOKED_AT = ("document", "dossier")  # kinds of records whose looks are recorded


class AuditEvent(Derived):
    kind: ClassVar[str] = "event"
    in_sidecar: ClassVar[bool] = True

    chain: Keyword  # {kind}/{record}, or looks/{login}/{day}
    at: datetime
    day: Keyword  # ISO day, UTC
    by: Keyword
    action: Keyword
    details: dict[str, str | int | float | bool | list[str] | None] = {}
    before: str  # hash of the event before it in its chain
    hash: str
    about: Keyword = ""  # of a look: {kind}/{record} of what was looked at; follows from the details

    def true_hash(self) -> str:
        """The hash this event must have."""
        return hash_of(self.chain, self.stamp, self.at, self.by, self.action, self.details, self.before)


class LookDay(Decided):
    """What one person looked at on one day (UTC): `{login}/{ISO day}`. `seen` holds the quarter of an hour of the
    last event by "{document} {action}", of a dossier "dossier/{id} {action}". Its revisions are the events' numbers."""

    kind: ClassVar[str] = "looks"
    in_sidecar: ClassVar[bool] = False

    seen: dict[str, str] = {}


def about_of(details: Mapping[str, object]) -> str:
    """What a look's event is about, as `{kind}/{record}`; empty where its details name nothing."""
    return next((f"{kind}/{details[kind]}" for kind in LOOKED_AT if details.get(kind)), "")


def seen_key(details: Mapping[str, object], action: str) -> str:
    """What a look is counted under in its day."""
    return f"{about_of(details).removeprefix('document/')} {action}"


class DayHead(Record):
    """All events of one day (UTC), closed when it is over: `id` is the ISO day. `events_hash` is over the hashes of
    that day's events in order of the hashes, `before` the hash of the last head before it. So a chain cannot be taken
    away as a whole without the day showing it."""

    kind: ClassVar[str] = "head"
    decided: ClassVar[bool] = False

    events: int
    events_hash: str
    before: str
    hash: str

    @classmethod
    def of(cls, day: str, hashes: Iterable[str], before: str) -> DayHead:
        """The head of `day` over the hashes of its events."""
        ordered = sorted(hashes)
        events_hash = _sha256(ordered)
        return cls(
            id=day,
            events=len(ordered),
            events_hash=events_hash,
            before=before,
            hash=_sha256([day, len(ordered), events_hash, before]),
        )


def hash_of(chain: str, number: int, at: datetime, by: str, action: str, details: object, before: str) -> str:
    """SHA-256 over the event's content and the hash before it, as 64 hexadecimal digits."""
    return _sha256([chain, number, at.isoformat(), by, action, details, before])


def _sha256(content: object) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
