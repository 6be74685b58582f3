"""Changing a record, with its audit trail and sidecar. All services change records through `create` and `change`.

The order is always: write the event of the version that was read (a crash may have left it out), write the record
conditionally, then write what follows from it (event, sidecar). What a crash leaves out is written by the next who
changes the record, or by `archive.services.reconcile`.
"""

from __future__ import annotations

from typing import TypeVar

from archive.domain.access import Actor
from archive.domain.audit import START, AuditEvent, LookDay, about_of, hash_of, seen_key
from archive.domain.record import Decided, Event, R, Versioned
from archive.errors import Conflict, Unavailable
from archive.ports import Ports

D = TypeVar("D", bound=Decided)
TRIES = 50  # of a write that somebody else's keeps overtaking


def event(ports: Ports, actor: Actor, action: str, **details: str | int | float | bool | None | list[str]) -> Event:
    """The event to put into a record that is about to be written."""
    return Event(at=ports.clock.now(), by=actor.login, action=action, details=dict(details))


def create(ports: Ports, record: D) -> Versioned[D]:
    """Creates a record whose `last` says how it came to be. Raises Conflict("exists")."""
    made = ports.index.create(record)
    follow(ports, made)
    return made


def change(ports: Ports, read: Versioned[D], changed: D) -> Versioned[D]:
    """Replaces what was `read` by `changed` (with its new `last`). Raises Conflict if it moved on meanwhile."""
    write_event(ports, read)
    written = ports.index.replace(changed, read.token)
    follow(ports, written)
    return written


def follow(ports: Ports, written: Versioned[D]) -> None:
    """What follows from a write: its sidecar and its event. Can be done again any number of times. The sidecar comes
    first: an event can be made again from the record, a record never from its event."""
    write_sidecar(ports, written)
    write_event(ports, written)


def write_sidecar(ports: Ports, written: Versioned[R]) -> None:
    record = written.record
    if record.in_sidecar:
        ports.store.put_sidecar(record.kind, record.id, written.revision, record.model_dump_json().encode())


def write_event(ports: Ports, written: Versioned[D]) -> AuditEvent:
    """The event of this revision, written if it is not there yet. The event before it is there: whoever wrote this
    revision wrote that one first."""
    chain = f"{written.record.kind}/{written.record.id}"
    there = ports.index.get_many(AuditEvent, [f"{chain}/{written.revision}"])
    if there:
        return next(iter(there.values())).record
    before = START
    if written.revision > 1:
        before = ports.index.get(AuditEvent, f"{chain}/{written.revision - 1}").record.hash
    return _keep(ports, chain, written, before)


def _keep(ports: Ports, chain: str, written: Versioned[D], before: str) -> AuditEvent:
    last, number = written.record.last, written.revision
    made = AuditEvent(
        id=f"{chain}/{number}",
        stamp=number,
        chain=chain,
        at=last.at,
        day=last.at.date().isoformat(),
        by=last.by,
        action=last.action,
        details=last.details,
        before=before,
        hash=hash_of(chain, number, last.at, last.by, last.action, last.details, before),
        about=about_of(last.details) if isinstance(written.record, LookDay) else "",
    )
    try:
        written_event = ports.index.create(made)
    except Conflict:  # somebody wrote the same event meanwhile
        return ports.index.get(AuditEvent, made.id).record
    write_sidecar(ports, written_event)
    return made


def look(ports: Ports, actor: Actor, id: str, action: str = "look", *, kind: str = "document") -> None:
    """Records that `actor` looked at a document or dossier (or took a copy of it home: `action` "download").

    One event a person, thing, action and quarter of an hour, in one chain a person and day.
    """
    now = ports.clock.now()
    quarter = f"{now.hour:02d}:{now.minute // 15 * 15:02d}"
    last = Event(at=now, by=actor.login, action=action, details={kind: id})
    day, what = f"{actor.login}/{now.date().isoformat()}", seen_key(last.details, action)
    for _ in range(TRIES):
        try:
            read = ports.index.get_many(LookDay, [day]).get(day)
            if read is None:
                create(ports, LookDay(id=day, last=last, seen={what: quarter}))
            elif read.record.seen.get(what) != quarter:
                seen = {**read.record.seen, what: quarter}
                change(ports, read, read.record.model_copy(update={"last": last, "seen": seen}))
            return
        except Conflict:
            continue  # another look of the same person came between
    raise Unavailable("busy")
