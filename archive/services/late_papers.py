"""Late papers (补件) and the original of the volume they go into: what they add to its sheets and pages. Puts nothing
into a volume; that is `archive.services.arranging`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archive.domain.access import Actor, Permission
from archive.domain.copy import Copy, CopyState
from archive.domain.dossier import Dossier
from archive.domain.lending import STATES
from archive.domain.lending_rules import Circumstances, moment_label, refusal
from archive.domain.numbering import ORIGINAL, copy_code
from archive.domain.record import Event
from archive.domain.scheme import Label
from archive.errors import Refused
from archive.ports import Ports
from archive.services import audit
from archive.services.revising import revise


@dataclass(frozen=True, slots=True)
class Addition:
    """What a late paper adds to a volume."""

    document: str
    sheets: int
    pages: int


def add(ports: Ports, actor: Actor, dossier: Dossier, volume: int, paper: Addition) -> bool:
    """Adds a late paper's sheets and pages to what is recorded of the volume's original, once however often it is
    asked; whether this call did it (not where the volume has no original registered). Raises Refused where that is not
    on the shelf: what comes back is counted against what went out. Raises Forbidden."""
    actor.must(Permission.ARRANGE)
    return _counted_in(ports, actor, dossier, volume, paper, on_the_shelf=True)


def confirm(ports: Ports, actor: Actor, dossier: Dossier, volume: int, paper: Addition) -> None:
    """Counts a late paper in that came into the volume, where somebody else's request, which failed, left it out
    meanwhile. Raises Forbidden."""
    actor.must(Permission.ARRANGE)
    _counted_in(ports, actor, dossier, volume, paper, on_the_shelf=False)


def leave_out(ports: Ports, actor: Actor, dossier: Dossier, volume: int, paper: Addition) -> None:
    """Takes the sheets and pages of a late paper off again where the volume, as it is now, does not hold it. For
    whoever added them. Raises Forbidden."""
    actor.must(Permission.ARRANGE)
    if _is_held(ports, dossier, volume, paper):
        return
    last = _event(ports, actor, "leave_out_paper", paper)

    def change(copy: Copy) -> Copy | None:
        if paper.document not in copy.late:
            return None
        late = tuple(id for id in copy.late if id != paper.document)
        return _thicker(copy, -paper.sheets, -paper.pages).model_copy(update={"late": late, "last": last})

    _revise_original(ports, dossier, volume, change)
    if _is_held(ports, dossier, volume, paper):  # put there by somebody else in between
        _counted_in(ports, actor, dossier, volume, paper, on_the_shelf=False)


def _counted_in(
    ports: Ports, actor: Actor, dossier: Dossier, volume: int, paper: Addition, *, on_the_shelf: bool
) -> bool:
    last = _event(ports, actor, "add_paper", paper)
    told = {"added": False}

    def change(copy: Copy) -> Copy | None:
        if on_the_shelf and copy.state != CopyState.SHELVED:
            raise _original_away(ports, copy)
        told["added"] = paper.document not in copy.late
        if not told["added"]:
            return None
        late = (*copy.late, paper.document)
        return _thicker(copy, paper.sheets, paper.pages).model_copy(update={"late": late, "last": last})

    _revise_original(ports, dossier, volume, change)
    return told["added"]


def _is_held(ports: Ports, dossier: Dossier, volume: int, paper: Addition) -> bool:
    held = ports.index.get(Dossier, dossier.id).record.volume(volume)
    return held is not None and any(item.document == paper.document for item in held.items)


def _event(ports: Ports, actor: Actor, action: str, paper: Addition) -> Event:
    return audit.event(ports, actor, action, document=paper.document, sheets=paper.sheets, pages=paper.pages)


def _thicker(copy: Copy, sheets: int, pages: int) -> Copy:
    return copy.model_copy(update={"sheets": copy.sheets + sheets, "pages": copy.pages + pages})


def _revise_original(ports: Ports, dossier: Dossier, volume: int, change: Callable[[Copy], Copy | None]) -> None:
    code = copy_code(ports.schemes[dossier.scheme].numbering, dossier.number, volume, ORIGINAL, 1)
    if ports.index.get_many(Copy, [code]):
        revise(ports, Copy, code, change)


def _original_away(ports: Ports, copy: Copy) -> Refused:
    """A late paper that cannot be put into a volume now, with where its original is."""
    rule = ports.schemes[copy.scheme].arrangement.fixed_rule
    where, loan = STATES[CopyState(copy.state)], copy.open_loan
    if loan is not None:
        due = moment_label(loan.due_at, Circumstances(ports.clock.now(), ports.clock.zone))
        where = Label(
            zh=f"{where.zh}，借阅人{loan.borrower_name}，{due.zh} 前还",
            en=f"{where.en}, {loan.borrower_name} has it, due {due.en}",
        )
    return refusal("original_away", rule, code=copy.id, where=where, volume=f"{copy.volume:02d}")
