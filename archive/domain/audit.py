"""The audit trail: every look at and change of a record, chained by hash. Pure.

A change's event has the id `{kind}/{record}/{revision}` and follows from the record, which carries it as `last`; the
hash covers the event and the hash of the revision before. Looks are one event a person, document and quarter of an
hour, chained a person and day.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import ClassVar

from archive.domain.record import Decided, Derived, Keyword

START = "0" * 64  # what the first event of a chain has before it


class AuditEvent(Derived):
    kind: ClassVar[str] = "event"
    in_sidecar: ClassVar[bool] = True

    chain: Keyword  # {kind}/{record}, or look/{login}/{day}
    at: datetime
    day: Keyword  # ISO day, UTC
    by: Keyword
    action: Keyword
    details: dict[str, str | int | float | bool | None | list[str]] = {}
    before: str  # hash of the event before it in its chain
    hash: str

    def true_hash(self) -> str:
        """The hash this event must have."""
        return hash_of(self.chain, self.stamp, self.at, self.by, self.action, self.details, self.before)


class LookDay(Decided):
    """What one person looked at on one day (UTC): `{login}/{ISO day}`. `seen` holds the quarter of an hour of the
    last event by "{document} {action}". Its revisions are the events' numbers."""

    kind: ClassVar[str] = "looks"
    in_sidecar: ClassVar[bool] = False

    seen: dict[str, str] = {}


def hash_of(chain: str, number: int, at: datetime, by: str, action: str, details: object, before: str) -> str:
    """SHA-256 over the event's content and the hash before it, as 64 hexadecimal digits."""
    content = [chain, number, at.isoformat(), by, action, details, before]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
