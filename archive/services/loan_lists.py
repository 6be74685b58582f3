"""What is out, overdue, to be reshelved or in repair, and the loan register: lists for the desk and for reports.

Lists come from the index and are shown; nothing is decided on them. Every one is narrowed to the actor's access.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archive.domain.access import Access, Actor, Permission
from archive.domain.copy import Copy, CopyState, Loan, RegisterLine
from archive.domain.lending_rules import OUTSIDE, PREMISES
from archive.domain.query import Anything, Between, Both, Contains, Either, Is, Where, Without
from archive.errors import Forbidden
from archive.ports import Listing, Ports

PART = 500  # records asked for at once

OUT = Is.of("state", CopyState.OUT.value)


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A copy with its open loan. `days_overdue` whole days past the due day; `past_due` from the due time on."""

    copy: Copy
    loan: Loan
    days_overdue: int
    past_due: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """How many copies, for the desk's head line."""

    due_today: int
    overdue: int
    out_premises: int
    out_outside: int
    to_reshelve: int
    checking: int
    in_repair: int
    missing: int

    @property
    def to_see_to(self) -> int:
        """Overdue and still to be closed: what nobody may forget."""
        return self.overdue + self.checking


def figures(ports: Ports, actor: Actor) -> Figures:
    """The desk's figures now. Raises Forbidden."""
    _must_list(actor)
    today = ports.clock.today()
    return Figures(
        due_today=_count(ports, actor, OUT, Between("due_on", today, today)),
        overdue=_overdue(ports, actor),
        out_premises=_count(ports, actor, OUT, Is.of("where", PREMISES)),
        out_outside=_count(ports, actor, OUT, Is.of("where", OUTSIDE)),
        to_reshelve=_in_state(ports, actor, CopyState.RETURNED),
        checking=_in_state(ports, actor, CopyState.CHECKING),
        in_repair=_in_state(ports, actor, CopyState.REPAIR),
        missing=_in_state(ports, actor, CopyState.MISSING),
    )


def to_see_to(ports: Ports, actor: Actor) -> int:
    """`Figures.to_see_to` alone, which every screen shows. Raises Forbidden."""
    _must_list(actor)
    return _overdue(ports, actor) + _in_state(ports, actor, CopyState.CHECKING)


def _overdue(ports: Ports, actor: Actor) -> int:
    return _count(ports, actor, OUT, Between("due_on", None, ports.clock.today() - timedelta(days=1)))


def _in_state(ports: Ports, actor: Actor, state: CopyState) -> int:
    return _count(ports, actor, Is.of("state", state.value))


def _count(ports: Ports, actor: Actor, *parts: Where) -> int:
    return ports.index.count(Copy, Both(parts), actor.access)


def out_now(ports: Ports, actor: Actor, *, start: int = 0, size: int = PART) -> list[LoanRow]:
    """Copies that are out, the earliest due first. Raises Forbidden."""
    return _loans(ports, actor, OUT, start, size)


def due_today(ports: Ports, actor: Actor, *, start: int = 0, size: int = PART) -> list[LoanRow]:
    """Copies out that are due back today. Raises Forbidden."""
    today = ports.clock.today()
    return _loans(ports, actor, Both((OUT, Between("due_on", today, today))), start, size)


def overdue(ports: Ports, actor: Actor, *, start: int = 0, size: int = PART) -> list[LoanRow]:
    """Copies out whose due day is over (from the end of that day on), the longest first. Raises Forbidden."""
    before = ports.clock.today() - timedelta(days=1)
    return _loans(ports, actor, Both((OUT, Between("due_on", None, before))), start, size)


def _loans(ports: Ports, actor: Actor, where: Where, start: int, size: int) -> list[LoanRow]:
    _must_list(actor)
    found = ports.index.select(Copy, where, actor.access, order=("due_on", "id"), size=size, start=start).records
    return [_row(ports, read.record, read.record.open_loan) for read in found if read.record.open_loan]


def _row(ports: Ports, copy: Copy, loan: Loan) -> LoanRow:
    days = (ports.clock.today() - loan.due_at.astimezone(ports.clock.zone).date()).days
    back = loan.returned_at is not None
    return LoanRow(copy, loan, 0 if back else max(days, 0), not back and loan.due_at < ports.clock.now())


def my_loans(ports: Ports, actor: Actor) -> list[LoanRow]:
    """What this person has not given back, the earliest due first; for everyone."""
    where = Is.of("borrower", actor.login)
    found = ports.index.select(Copy, where, Access.whole_archive(), order=("due_on", "id"), size=PART).records
    return [_row(ports, read.record, read.record.open_loan) for read in found if read.record.open_loan]


def loans_of(ports: Ports, actor: Actor, borrower: str) -> list[LoanRow]:
    """What somebody has not given back, for the desk. Raises Forbidden."""
    return _loans(ports, actor, Is.of("borrower", borrower.strip().lower()), 0, PART)


def in_state(ports: Ports, actor: Actor, state: CopyState, *, start: int = 0, size: int = PART) -> Listing[Copy]:
    """Copies in a state (to be reshelved, being checked, in repair, missing), by code. Raises Forbidden."""
    _must_list(actor)
    where = Is.of("state", state.value)
    return ports.index.select(Copy, where, actor.access, order=("id",), size=size, start=start)


# --- the register -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RegisterWish:
    """What of the register is asked for; empty fields do not narrow. `first` and `last` are days of issue, both
    included; `borrowers` are logins, any of them; `text` is looked for in the dossier's name and the volume's title."""

    copy: str = ""
    dossier: str = ""
    borrowers: tuple[str, ...] = ()
    where: str = ""
    first: date | None = None
    last: date | None = None
    open_only: bool = False
    text: str = ""


def register(
    ports: Ports, actor: Actor, wish: RegisterWish | None = None, *, start: int = 0, size: int = 100
) -> Listing[RegisterLine]:
    """Lines of the loan register, the latest first. Raises Forbidden."""
    _must_list(actor)
    where = Both(tuple(_wished(wish or RegisterWish())))
    return ports.index.select(RegisterLine, where, actor.access, order=("-issued_on", "-id"), size=size, start=start)


def _wished(wish: RegisterWish) -> list[Where]:
    exact = {"copy_code": wish.copy, "dossier": wish.dossier, "where": wish.where}
    parts: list[Where] = [Is.of(field, value) for field, value in exact.items() if value]
    if wish.borrowers:
        parts.append(Is.of("borrower", *wish.borrowers))
    if wish.first or wish.last:
        parts.append(Between("issued_on", wish.first, wish.last))
    if wish.open_only:
        parts.append(Without(Between("closed_on", None, None)))
    if wish.text.strip():
        parts.append(Either((Contains("dossier_name", wish.text.strip()), Contains("title", wish.text.strip()))))
    return parts or [Anything()]


def history_of(ports: Ports, access: Access, copy: Copy) -> Sequence[RegisterLine]:
    """All loans of a copy, the latest first, as far as they may be seen."""
    found = ports.index.select(RegisterLine, Is.of("copy_code", copy.id), access, size=PART).records
    return sorted((read.record for read in found), key=lambda line: line.loan.n, reverse=True)


def not_returned(ports: Ports, actor: Actor, at: datetime) -> list[RegisterLine]:
    """Lines of the copies that were out at a moment (aware), by due day: the same whenever it is asked. Raises
    Forbidden."""
    _must_list(actor)
    day = at.astimezone(ports.clock.zone).date()
    still = Either((Without(Between("closed_on", None, None)), Between("closed_on", day, None)))
    where = Both((Between("issued_on", None, day), still))
    found: list[RegisterLine] = []
    start = 0
    while True:
        part = ports.index.select(RegisterLine, where, actor.access, order=("due_on", "id"), size=PART, start=start)
        found += [read.record for read in part.records if _was_out(read.record.loan, at)]
        start += PART
        if start >= part.total or not part.records:
            return found


def _was_out(loan: Loan, at: datetime) -> bool:
    back = loan.returned_at or loan.closed_at
    return loan.issued_at <= at and (back is None or back > at)


def _must_list(actor: Actor) -> None:
    """Those of the desk and those who get its lists. Raises Forbidden."""
    if not (actor.may(Permission.LEND) or actor.may(Permission.REPORT)):
        raise Forbidden("forbidden", permission=Permission.LEND.value)
