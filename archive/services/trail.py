"""The audit trail: verifying it, and reading what happened to a record. Writes nothing.

Verified are: each event's own hash, the chain from event to event without gaps, that a record's last event is the one
it carries, that each closed day holds the events it was closed with, and that each record says what its sidecar of the
same revision says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from archive.domain.access import Access, Actor, Permission
from archive.domain.audit import START, AuditEvent, DayHead, about_of
from archive.domain.copy import RegisterLine
from archive.domain.kinds import DECIDED, KEPT
from archive.domain.query import Both, Is, Where
from archive.domain.record import Decided, Record, Versioned
from archive.ports import Listing, Ports
from archive.sentences import Language, sentence

Progress = Callable[[int, int], None]  # done, of how many (0: unknown)

PART = 500  # records read at once


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the trail. `key` names its sentence; `chain` is `{kind}/{record}`, `number` the event's."""

    key: str
    chain: str
    number: int

    def told_in(self, language: Language) -> str:
        """What is wrong and what to do."""
        return sentence(self.key, language, {"chain": self.chain, "number": self.number})


@dataclass(slots=True)
class Verified:
    """What was looked at, and every fault found. `waiting`: last events and sidecars that a crash left out and
    `reconcile` writes; no fault."""

    events: int = 0
    chains: int = 0
    records: int = 0
    waiting: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.faults


def verify(ports: Ports, actor: Actor, progress: Progress | None = None) -> Verified:
    """Verifies every chain of events, and every record against its sidecar. Raises Forbidden."""
    actor.must(Permission.AUDIT)
    made = Verified()
    days: dict[str, list[str]] = {}
    chains = _chains(ports, made, days, progress)
    made.chains = len(chains)
    for name, links in chains.items():
        made.faults += _broken_links(name, links)
    for kind in DECIDED.values():
        _last_events(ports, kind, chains, made)
    made.faults += _unlike_heads(ports, days)
    _against_sidecars(ports, made)
    made.faults.sort(key=lambda fault: (fault.chain, fault.number))
    return made


Links = dict[int, tuple[str, str]]  # by number: hash before, own hash


def _chains(ports: Ports, made: Verified, days: dict[str, list[str]], progress: Progress | None) -> dict[str, Links]:
    """The links of all chains, and the hashes by day; events whose own hash is wrong are faults."""
    chains: dict[str, Links] = {}
    for read in ports.index.changes(AuditEvent, 0):
        event = read.record
        chains.setdefault(event.chain, {})[event.stamp] = (event.before, event.hash)
        days.setdefault(event.day, []).append(event.hash)
        named = event.about in ("", about_of(event.details))
        if event.hash != event.true_hash() or event.id != f"{event.chain}/{event.stamp}" or not named:
            made.faults.append(Fault("trail_altered", event.chain, event.stamp))
        made.events += 1
        if progress is not None:
            progress(made.events, 0)
    return chains


def _broken_links(chain: str, links: Links) -> Iterator[Fault]:
    for number in range(1, max(links) + 1):
        if number not in links:
            yield Fault("trail_gap", chain, number)
        elif number == 1 or number - 1 in links:
            before = links[number - 1][1] if number > 1 else START
            if links[number][0] != before:
                yield Fault("trail_link", chain, number)


def _last_events(ports: Ports, kind: type[Decided], chains: dict[str, Links], made: Verified) -> None:
    """Each record's last event is there, and is what the record carries."""
    for read in ports.index.changes(kind, 0):
        made.records += 1
        chain = f"{kind.kind}/{read.record.id}"
        newest = max(chains.get(chain, {0: ("", "")}))
        if newest == read.revision:
            made.faults += _unlike_event(ports, read, chain)
        elif newest == read.revision - 1:
            made.waiting += 1
        elif newest > read.revision:
            made.faults += _unless_moved_on(ports, kind, read, chain, newest)
        else:
            made.faults += _gap(ports, chain, range(newest + 1, read.revision))


def _gap(ports: Ports, chain: str, numbers: range) -> list[Fault]:
    """Events that are not there, asked for again by id: the record may have changed while this runs."""
    there = ports.index.get_many(AuditEvent, [f"{chain}/{number}" for number in numbers])
    return [Fault("trail_gap", chain, number) for number in numbers if f"{chain}/{number}" not in there]


def _unlike_event(ports: Ports, read: Versioned[Decided], chain: str) -> list[Fault]:
    id = f"{chain}/{read.revision}"
    event = ports.index.get_many(AuditEvent, [id])[id].record
    last = read.record.last
    same = (event.at, event.by, event.action, event.details) == (last.at, last.by, last.action, last.details)
    return [] if same else [Fault("trail_unlike", chain, read.revision)]


def _unless_moved_on(
    ports: Ports, kind: type[Decided], read: Versioned[Decided], chain: str, newest: int
) -> list[Fault]:
    """A record changed while this runs has more events than when it was read."""
    now = ports.index.get_many(kind, [read.record.id]).get(read.record.id)
    if now is not None and now.revision >= newest:
        return []
    return [Fault("trail_ahead", chain, newest)]


def _unlike_heads(ports: Ports, days: dict[str, list[str]]) -> Iterator[Fault]:
    """Days that hold other events than when they were closed, and heads that do not follow each other."""
    before = START
    heads = [read.record for read in ports.index.changes(DayHead, 0)]
    for head in sorted(heads, key=lambda one: one.id):
        true = DayHead.of(head.id, days.get(head.id, ()), before)
        if true.events_hash != head.events_hash:
            yield Fault("trail_day", head.id, head.events)
        elif true.hash != head.hash:
            yield Fault("trail_day_link", head.id, head.events)
        before = head.hash


def _against_sidecars(ports: Ports, made: Verified) -> None:
    """Each record says what its sidecar of the same revision says, and none is newer than the index."""
    for kind, id, revision, data in ports.store.sidecars():
        model = KEPT.get(kind)
        if model is None or data is None:
            continue
        read = ports.index.get_many(model, [id]).get(id)
        name = f"{kind}/{id}"
        if read is None or _revision(read) < revision:
            made.faults.append(Fault("trail_lost", name, revision))
        elif _revision(read) == revision and read.record.model_dump_json().encode() != data:
            made.faults += [] if _is_older(read, data) else [Fault("trail_changed", name, revision)]


def _revision(read: Versioned[Record]) -> int:
    """The number its sidecars go by: of a register line the revision of its copy."""
    return read.record.stamp if isinstance(read.record, RegisterLine) else read.revision


def _is_older(read: Versioned[Record], data: bytes) -> bool:
    """Whether the sidecar was written by a version of the product that knew fewer fields."""
    return type(read.record).model_validate_json(data) == read.record


# --- reading ----------------------------------------------------------------------------------------------------


def events_of(ports: Ports, actor: Actor, kind: str, id: str) -> Sequence[AuditEvent]:
    """Everything that happened to a record, the first event first. Raises Forbidden."""
    actor.must(Permission.AUDIT)
    found: list[AuditEvent] = []
    number = 1
    while True:
        ids = [f"{kind}/{id}/{n}" for n in range(number, number + PART)]
        there = ports.index.get_many(AuditEvent, ids)
        found += [there[one].record for one in ids if one in there]
        if len(there) < PART:
            return found
        number += PART


def looks_at(ports: Ports, actor: Actor, about: Sequence[str], *, size: int = 100) -> Listing[AuditEvent]:
    """Who looked at these records (`dossier/{id}`, `document/{id}`), the latest day first. Raises Forbidden."""
    actor.must(Permission.AUDIT)
    where = Is("about", frozenset(about))
    return ports.index.select(AuditEvent, where, Access.whole_archive(), order=("-day", "-id"), size=size)


def events(
    ports: Ports,
    actor: Actor,
    *,
    by: str = "",
    action: str = "",
    first: str = "",
    last: str = "",
    start: int = 0,
    size: int = 100,
) -> Listing[AuditEvent]:
    """Events of the whole archive, the latest day first, narrowed to a login, an action, and days (ISO, UTC, both
    included) where given. Raises Forbidden."""
    actor.must(Permission.AUDIT)
    parts: list[Where] = [Is.of(field, value) for field, value in (("by", by), ("action", action)) if value]
    if first or last:
        parts.append(Is("day", frozenset(_days(first or last, last or first))))
    return ports.index.select(
        AuditEvent, Both(tuple(parts)), Access.whole_archive(), order=("-day", "-id"), size=size, start=start
    )


def _days(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)
