"""Writing what a crash left out: events and sidecars of records, register lines of loans, half-issued slips, why a
dossier's number is not used, which place in the volumes a document has, how pages are filed.

Everything here follows from records read by id and may be done again at any time, by several processes at once.
Must not decide anything that a person decides; the one thing it undoes is a slip that was never handed out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from archive.domain.access import SYSTEM, Access
from archive.domain.audit import AuditEvent
from archive.domain.copy import Copy, CopyState, RegisterLine
from archive.domain.document import Document
from archive.domain.dossier import Claim, Dossier
from archive.domain.kinds import DECIDED, KEPT
from archive.domain.query import Is
from archive.domain.record import Decided, Record, Versioned
from archive.errors import ArchiveError, NotFound
from archive.ports import Ports
from archive.services import (
    audit,
    copies,
    day_heads,
    dossiers,
    issuing,
    numbers,
    pages_in_step,
    placing,
    register,
)

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=4 * issuing.ISSUE_SECONDS)  # what follows from a younger act may still be being written

Step = Callable[[Ports, Versioned[Any], "Reconciled"], None]
Seen = tuple[str, int]  # kind and seq of a record that was looked at


@dataclass(slots=True)
class Reconciled:
    """What was written: how many of each."""

    events: int = 0
    sidecars: int = 0
    lines: int = 0
    slips: int = 0
    copies: int = 0
    papers: int = 0  # documents closed, opened or placed as their dossier says
    pages: int = 0  # filed anew
    days: int = 0  # of the audit trail that were closed
    positions: dict[str, int] = field(default_factory=dict)  # by kind, up to which seq all was looked at
    numbers: int = 0  # of dossiers, settled as unused or used after all
    waiting: dict[str, int] = field(default_factory=dict)  # by kind, seq of the first record still being written
    failed: list[str] = field(default_factory=list)  # records that could not be put right; the next pass tries again
    eventless: int = 0  # of these, how many may lack their event
    unfiled: set[str] = field(default_factory=set, repr=False)  # documents whose pages could not be filed
    touched: dict[str, Seen] = field(default_factory=dict, repr=False)  # dossiers whose copies follow, and from what
    documents: set[str] = field(default_factory=set, repr=False)  # whose pages may be filed as they were before

    @property
    def nothing(self) -> bool:
        """Whether all was in order."""
        records = self.events or self.sidecars or self.lines or self.slips or self.copies or self.days or self.numbers
        return not (records or self.papers or self.pages or self.failed)


def reconcile(
    ports: Ports,
    positions: Mapping[str, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    unfiled: Iterable[str] = (),
) -> Reconciled:
    """Goes through the records changed since `positions` (of an earlier pass; None: all) and writes what is missing,
    the pages of its `unfiled` documents too. `progress` is told how many are done, of how many (0: unknown); what it
    raises breaks the pass off."""
    made = Reconciled(positions=dict(positions or {}), documents=set(unfiled))
    counted = count(1)

    def tell() -> None:
        if progress is not None:
            progress(next(counted), 0)

    for kind in (*_decided_kept(), *_derived_kept()):
        last = made.positions.get(kind.kind, 0)
        for read in ports.index.changes(kind, last):
            _one(ports, read, made)
            last = read.seq
            tell()
        made.positions[kind.kind] = ports.index.position(last)
    for id in sorted(made.touched):
        _keep_in_step(ports, id, made)
        tell()
    _file_pages(ports, made, tell)
    for name, first in made.waiting.items():
        made.positions[name] = first - 1
    if not made.eventless:  # a day is closed over all of its events
        made.days = day_heads.close_days(ports)
    return made


def _one(ports: Ports, read: Versioned[Any], made: Reconciled) -> None:
    """Event and sidecar first: whatever fails of what follows from the record, these are written."""
    made.eventless += not _done(_keep, ports, read, made)
    _done(_follow_up, ports, read, made)


def _done(step: Step, ports: Ports, read: Versioned[Any], made: Reconciled) -> bool:
    try:
        step(ports, read, made)
    except ArchiveError as fault:
        _failed(made, f"{read.record.kind}/{read.record.id}", fault)
        _wait(made, _seen(read))
        return False
    return True


def _failed(made: Reconciled, name: str, fault: ArchiveError) -> None:
    log.error("%s cannot be reconciled: %s", name, fault)
    if name not in made.failed:
        made.failed.append(name)


def _keep_in_step(ports: Ports, dossier: str, made: Reconciled) -> None:
    try:
        made.copies += copies.keep_in_step(ports, dossier)
    except NotFound:
        return  # the dossier is lost, its copies follow nothing
    except ArchiveError as fault:
        _failed(made, f"{Dossier.kind}/{dossier}", fault)
        _wait(made, made.touched[dossier])


def _file_pages(ports: Ports, made: Reconciled, tell: Callable[[], None]) -> None:
    def told() -> Iterator[str]:
        for id in sorted(made.documents):
            yield id
            tell()

    kept = pages_in_step.keep(ports, told())
    made.pages = kept.pages
    made.unfiled = set(kept.failed)
    for id, fault in kept.failed.items():
        _failed(made, f"{Document.kind}/{id}", fault)


def _decided_kept() -> list[type[Record]]:
    return list(DECIDED.values())


def _derived_kept() -> list[type[Record]]:
    """Events last: those written above are looked at too."""
    rest = [kind for kind in KEPT.values() if kind.kind not in DECIDED and kind is not AuditEvent]
    return [*rest, AuditEvent]


def _keep(ports: Ports, read: Versioned[Any], made: Reconciled) -> None:
    if isinstance(read.record, Decided):
        made.events += _event(ports, read)
    made.sidecars += _sidecar(ports, read)


def _follow_up(ports: Ports, read: Versioned[Any], made: Reconciled) -> None:
    record = read.record
    if isinstance(record, Copy):
        if _is_young(ports, record):
            _wait(made, _seen(read))
        else:
            made.lines += _line(ports, _slip(ports, read, made))
    if isinstance(record, Claim):
        if numbers.is_unsettled(ports, record):
            _wait(made, _seen(read))
        made.numbers += numbers.settle(ports, read) is not None
    if isinstance(record, Dossier):
        if _is_moving(ports, record):
            _wait(made, _seen(read))
        else:
            made.copies += copies.register_originals(ports, SYSTEM, record.id)
            made.touched[record.id] = _seen(read)
            _of_dossier(ports, record.id, made)
    if isinstance(record, Document):
        made.documents.add(record.id)
        if record.dossier:
            made.touched.setdefault(record.dossier, _seen(read))


def _of_dossier(ports: Ports, id: str, made: Reconciled) -> None:
    """Has a dossier's documents be as closed as it says and stand where its volumes say, and notes them: their pages
    carry what it says too."""
    dossier = ports.index.get(Dossier, id).record
    documents = dossiers.documents_of(ports, Access.whole_archive(), id)
    made.papers += dossiers.mark_documents(ports, SYSTEM, dossier, documents)
    made.papers += len(placing.place(ports, SYSTEM, dossier, documents))
    made.documents |= {document.id for document in documents}


def _seen(read: Versioned[Any]) -> Seen:
    return read.record.kind, read.seq


def _wait(made: Reconciled, seen: Seen) -> None:
    """Has the next pass look at this record again."""
    kind, seq = seen
    made.waiting[kind] = min(made.waiting.get(kind, seq), seq)


def _event(ports: Ports, read: Versioned[Any]) -> int:
    id = f"{read.record.kind}/{read.record.id}/{read.revision}"
    if ports.index.get_many(AuditEvent, [id]):
        return 0
    audit.write_event(ports, read)
    return 1


def _sidecar(ports: Ports, read: Versioned[Any]) -> int:
    record = read.record
    revision = record.stamp if isinstance(record, RegisterLine) else read.revision
    if not record.in_sidecar or ports.store.has_sidecar(record.kind, record.id, revision):
        return 0
    ports.store.put_sidecar(record.kind, record.id, revision, record.model_dump_json().encode())
    return 1


def _line(ports: Ports, read: Versioned[Copy]) -> int:
    """Writes the register's line where it is missing or older than the copy."""
    wanted = register.line_of(ports, read)
    if wanted is None:
        return 0
    there = register.line(ports, wanted.id)
    if there is not None and (there.stamp > wanted.stamp or there.loan == wanted.loan):
        return 0
    register.write_line(ports, read)
    return 1


def _is_young(ports: Ports, copy: Copy) -> bool:
    """Whether its slip may still be being written."""
    loan = copy.open_loan
    return loan is not None and loan.issued_at > ports.clock.now() - GRACE


def _is_moving(ports: Ports, dossier: Dossier) -> bool:
    """Whether those who changed it may still be writing what follows from that."""
    return dossier.last.at > ports.clock.now() - GRACE


# --- slips that were not issued to their end ----------------------------------------------------------------------


def _slip(ports: Ports, read: Versioned[Copy], made: Reconciled) -> Versioned[Copy]:
    """Takes a loan back that belongs to a slip of which only some copies were written: nobody was handed anything.
    Gives the copy as it is then."""
    copy = read.record
    loan = copy.open_loan
    if loan is None or copy.state != CopyState.OUT or len(loan.together) < 2:
        return read
    if _was_issued(ports, copy):
        return read
    before = register.line(ports, f"{copy.id}/{loan.n - 1}")
    if issuing.withdraw(ports, SYSTEM, copy.id, loan.slip, before.loan if before else None):
        made.slips += 1
    return ports.index.get(Copy, copy.id)


def _was_issued(ports: Ports, copy: Copy) -> bool:
    """Whether every copy of the slip carries it, or one has its line already: lines come after the last copy."""
    loan = copy.open_loan
    if loan is None:
        return True
    there = ports.index.get_many(Copy, loan.together)
    if all(code in there and _carries(there[code].record, loan.slip) for code in loan.together):
        return True
    found = ports.index.select(
        RegisterLine, Is("copy_code", frozenset(loan.together)), Access.whole_archive(), order=("-issued_on",), size=500
    )
    return any(read.record.loan.slip == loan.slip for read in found.records)


def _carries(copy: Copy, slip: str) -> bool:
    return copy.loan is not None and copy.loan.slip == slip
