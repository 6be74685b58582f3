"""Issuing: several copies to one person on one slip, all of them or none. Decides by the table of
`archive.domain.lending`; reached through `archive.services.lending`.

Each copy is one conditional write, decided anew on what is there when somebody was quicker. Only when all copies are
written do their lines go into the register. What was written of a slip that comes to nothing is taken back, by
whoever issues it or, after a crash, by `archive.services.reconcile`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archive.domain import lending_acts as acts
from archive.domain.access import Actor, Permission
from archive.domain.copy import Copy, CopyState, Loan
from archive.domain.lending import refused_by_state
from archive.domain.lending_rules import PREMISES, Person, Terms, check_form, check_kept
from archive.domain.people import User
from archive.domain.record import Versioned
from archive.domain.refusals import together
from archive.domain.scheme import Label
from archive.errors import ArchiveError, Conflict, InvalidInput, Refused, Unavailable
from archive.ports import Ports
from archive.services import audit, copies, people, register
from archive.services.series import next_number

MOST_CODES = 50  # copies on one slip
ISSUE_SECONDS = 30  # a slip that takes longer is given up: `reconcile` takes those back that look abandoned
TRIES = 50  # of a conditional write that somebody else's keeps overtaking


@dataclass(frozen=True, slots=True)
class LoanRequest:
    """What the desk fills in: one slip, one borrower, any number of copies. `borrower`, `consent`, `due_consent` and
    `fetched_by` are logins; `signature` a typed name or the path of a drawn one; `due_on` None: the rule's day."""

    codes: Sequence[str]
    borrower: str
    asked_for: str
    purpose: str
    signature: str
    where: str = PREMISES
    room: str = ""
    consent: str = ""
    due_on: date | None = None
    due_reason: str = ""
    due_consent: str = ""
    fetched_by: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """A slip that was issued."""

    slip: str
    copies: tuple[Copy, ...]
    due_at: datetime  # of the copy that is due first
    searchable: bool = True  # False: saved, but the lists may be a moment behind


def lend(ports: Ports, actor: Actor, request: LoanRequest) -> Issued:
    """Lends all copies of the request on one slip, or none of them.

    Raises Refused (a rule or the state of a copy says no, and which), InvalidInput (a field), NotFound (a code),
    Forbidden; Unavailable("lending_half") names the copies that are recorded as lent where a failing disk kept them
    from being taken back.
    """
    actor.must(Permission.LEND)
    codes = _codes(request)
    terms = _terms(ports, request)
    check_form(terms)
    _check_before(ports, actor, codes, terms)
    slip = _next_slip(ports)
    written = _issue_all(ports, actor, codes, terms, slip)
    seq = max(register.write_line(ports, read) for read in written)
    lent = tuple(read.record for read in written)
    due = min(copy.loan.due_at for copy in lent if copy.loan)
    return Issued(slip, lent, due, ports.index.refresh(seq))


def _check_before(ports: Ports, actor: Actor, codes: Sequence[str], terms: Terms) -> None:
    """Nothing is written where it can be seen beforehand that one is refused; each reason is said with its pieces."""
    refused: list[Refused] = []
    for code in codes:
        copy = copies.copy_at(ports, actor.access, code).record
        try:
            _lent(ports, actor, copy, terms, "", codes)
        except Refused as reason:
            refused.append(reason)
    if refused:
        raise together(refused)


def _codes(request: LoanRequest) -> list[str]:
    codes = list(dict.fromkeys(code for code in map(copies.kept_code, request.codes) if code))
    if not codes:
        raise InvalidInput("no_codes", field="codes")
    if len(codes) > MOST_CODES:
        raise InvalidInput("too_many_codes", field="codes", most=MOST_CODES, given=len(codes))
    return codes


def _terms(ports: Ports, request: LoanRequest) -> Terms:
    return Terms(
        borrower=_person(ports, "borrower", request.borrower),
        asked_for=request.asked_for,
        purpose=request.purpose,
        where=request.where,
        room=request.room,
        consent=_person(ports, "consent", request.consent) if request.consent.strip() else None,
        signature=request.signature,
        due_on=request.due_on,
        due_reason=request.due_reason,
        due_consent=_person(ports, "due_consent", request.due_consent) if request.due_consent.strip() else None,
        fetched_by=_person(ports, "fetched_by", request.fetched_by).login if request.fetched_by.strip() else "",
    )


def _person(ports: Ports, field: str, login: str) -> Person:
    """Somebody with an open account. Raises InvalidInput: "person_needed" where none is named, "no_borrower"."""
    id = login.strip().lower()
    if not id:
        raise InvalidInput("person_needed", field=field)
    read = ports.index.get_many(User, [id]).get(id)
    if read is None or read.record.active != "yes":
        raise InvalidInput(
            "no_borrower" if field == "borrower" else "no_such_person",
            field=field,
            login=login.strip(),
        )
    actor = people.actor_for(read.record, ports.schemes)
    return Person(actor.login, actor.name, actor.roles)


def _next_slip(ports: Ports) -> str:
    day = f"{ports.clock.today():%Y%m%d}"
    return f"JY-{day}-{next_number(ports, f'JY-{day}'):03d}"


def _lent(
    ports: Ports,
    actor: Actor,
    copy: Copy,
    terms: Terms,
    slip: str,
    codes: Sequence[str],
) -> Copy:
    """The copy lent on these terms, if everything allows it. Raises Refused, InvalidInput."""
    scheme = ports.schemes[copy.scheme]
    lent = acts.issue(
        copy,
        scheme,
        copies.around(ports, copy, codes),
        terms,
        slip=slip,
        by=actor.login,
        together=codes,
    )
    _check_borrower(ports, copy, terms.borrower)
    return lent


def _check_borrower(ports: Ports, copy: Copy, borrower: Person) -> None:
    if not people.access_for(borrower.roles, ports.schemes).allows(copy.mark):
        raise Refused("borrower_may_not_see", name=borrower.name, code=copy.id)


def _issue_all(ports: Ports, actor: Actor, codes: Sequence[str], terms: Terms, slip: str) -> list[Versioned[Copy]]:
    """Writes the loan into each copy; where one is refused the others are taken back before that is raised."""
    before: dict[str, Copy] = {}
    until = ports.clock.now() + timedelta(seconds=ISSUE_SECONDS)
    try:
        written = [_issue(ports, actor, code, terms, slip, codes, before) for code in codes]
        _check_afterwards(ports, written, terms)
        if ports.clock.now() > until:
            raise Unavailable("lending_slow")
    except ArchiveError as reason:
        _take_back_slip(ports, actor, slip, before, reason)
        raise
    return written


def _issue(
    ports: Ports,
    actor: Actor,
    code: str,
    terms: Terms,
    slip: str,
    codes: Sequence[str],
    before: dict[str, Copy],
) -> Versioned[Copy]:
    """Writes the loan into one copy and notes in `before` what it was. Raises Refused where somebody was quicker."""
    for tried in range(TRIES):
        read = copies.copy_at(ports, actor.access, code)
        if tried and read.record.open_loan:
            around = copies.around(ports, read.record)
            raise refused_by_state(read.record, ports.schemes[read.record.scheme], around, just_now=True)
        lent = _lent(ports, actor, read.record, terms, slip, codes)
        last = audit.event(
            ports,
            actor,
            "issue",
            slip=slip,
            borrower=terms.borrower.login,
            where=terms.where,
        )
        before[code] = read.record
        try:
            return audit.change(ports, read, lent.model_copy(update={"last": last}))
        except Conflict:
            continue
    raise Unavailable("copy_busy", code=code)


def _check_afterwards(ports: Ports, written: Sequence[Versioned[Copy]], terms: Terms) -> None:
    """What another desk may have changed between the decision and the write: two desks that each lend the last but
    one copy of a volume, an account closed at this moment. Raises Refused, InvalidInput."""
    codes = [read.record.id for read in written]
    for read in written:
        around = copies.around(ports, read.record, codes)
        check_kept(read.record, ports.schemes[read.record.scheme], around, terms.where)
    account = ports.index.get(User, terms.borrower.login).record
    if account.active != "yes":
        raise InvalidInput("no_borrower", field="borrower", login=account.id)


def _take_back_slip(
    ports: Ports,
    actor: Actor,
    slip: str,
    before: Mapping[str, Copy],
    reason: ArchiveError,
) -> None:
    """Undoes what was written of a slip. Raises Unavailable("lending_half") with what could not be undone."""
    left = []
    for code, copy in before.items():
        try:
            withdraw(ports, actor, code, slip, copy.loan)
        except ArchiveError:
            left.append(code)
    if left:
        told = Label(zh=reason.told_in("zh"), en=reason.told_in("en"))
        raise Unavailable("lending_half", reason=told, codes="、".join(left), all_codes=left) from reason


def withdraw(ports: Ports, actor: Actor, code: str, slip: str, before: Loan | None) -> bool:
    """Takes the loan of this slip out of the copy again, as if it had not been made; `before` is the loan before it.
    False where the copy does not carry it. For slips that were never handed out."""
    for _ in range(TRIES):
        read = ports.index.get(Copy, code)
        loan = read.record.open_loan
        if loan is None or loan.slip != slip or read.record.state != CopyState.OUT:
            return False
        last = audit.event(ports, actor, "withdraw", slip=slip)
        undone = acts.withdraw(read.record, before)
        try:
            audit.change(ports, read, undone.model_copy(update={"last": last}))
        except Conflict:
            continue
        return True
    raise Unavailable("copy_busy", code=code)
