"""Changing a record, with its audit trail and sidecar. All services change records through `create` and `change`.

The order is always: write the event of the version that was read (a crash may have left it out), write the record
conditionally, then write what follows from it (event, sidecar). What a crash leaves out is written by the next who
changes the record, or by `archive.services.reconcile`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from archive.domain.access import Access, Actor
from archive.domain.audit import START, AuditEvent, hash_of
from archive.domain.query import Is
from archive.domain.record import Decided, Event, R, Record, Versioned
from archive.errors import Conflict, NotFound
from archive.ports import Ports
from typing import TypeVar

D = TypeVar("D", bound=Decided)
Details = Mapping[str, str | int | float | bool | None | list[str]]


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
    """What follows from a write: its event and its sidecar. Can be done again any number of times."""
    write_event(ports, written)
    write_sidecar(ports, written)


def write_sidecar(ports: Ports, written: Versioned[R]) -> None:
    record = written.record
    if record.in_sidecar:
        ports.store.put_sidecar(record.kind, record.id, written.revision, record.model_dump_json().encode())


def write_event(ports: Ports, written: Versioned[D]) -> AuditEvent:
    """The event of this revision, written if it is not there yet. Events before it must be there: they are, since
    whoever wrote this revision wrote the one before first."""
    chain = f"{written.record.kind}/{written.record.id}"
    id = f"{chain}/{written.revision}"
    try:
        return ports.index.get(AuditEvent, id).record
    except NotFound:
        pass
    before = START
    if written.revision > 1:
        before = ports.index.get(AuditEvent, f"{chain}/{written.revision - 1}").record.hash
    made = _event(chain, written.revision, written.record.last, before)
    return _keep(ports, made)


def look(ports: Ports, actor: Actor, document: str, action: str = "look") -> None:
    """Records that `actor` looked at a document: one event a person, document and quarter of an hour."""
    now = ports.clock.now()
    quarter = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    day = now.date().isoformat()
    once = f"look/{actor.login}/{document}/{action}/{quarter.isoformat()}"
    if ports.index.get_many(LookMark, [once]):
        return
    chain = f"look/{actor.login}/{day}"
    last = Event(at=now, by=actor.login, action=action, details={"document": document})
    for _ in range(64):
        number, before = _head(ports, chain)
        try:
            _create_event(ports, _event(chain, number + 1, last, before))
            break
        except Conflict:
            continue  # another look of the same person came between
    ports.index.put([LookMark(id=once, until=quarter + timedelta(minutes=15))])
