"""The acts of lending: from a copy to the changed copy. Pure; no clock, no I/O.

Each act looks its row up in the table of `archive.domain.lending` and raises Refused where that or a rule says no. It
sets everything but the event, which the service adds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import tzinfo

from archive.domain.condition import GOOD, read_condition
from archive.domain.copy import (
    Copy,
    CopyState,
    Counted,
    Finding,
    Loan,
    RegisterLine,
    Repair,
)
from archive.domain.counting import check_counted, compare, short_label
from archive.domain.dossier import Place
from archive.domain.lending import Action, allowed
from archive.domain.lending_rules import (
    OUTSIDE,
    Circumstances,
    Terms,
    check_terms,
    due_at,
    refusal,
)
from archive.domain.scheme import Scheme
from archive.errors import InvalidInput, Refused


def issue(
    copy: Copy,
    scheme: Scheme,
    around: Circumstances,
    terms: Terms,
    *,
    slip: str,
    by: str,
    together: Sequence[str] = (),
) -> Copy:
    """The copy, lent on these terms under this slip number by this login; `together` are the codes of all copies on
    the slip."""
    action = Action.LEND_OUTSIDE if terms.where == OUTSIDE else Action.ISSUE
    row = allowed(copy, action, scheme, around)
    check_terms(copy, scheme, around, terms)
    due = due_at(copy, scheme, around, terms.where, terms.due_on)
    loan = Loan(
        n=copy.loans + 1,
        slip=slip,
        together=tuple(together) or (copy.id,),
        borrower=terms.borrower.login,
        borrower_name=terms.borrower.name,
        asked_for=terms.asked_for.strip(),
        purpose=terms.purpose.strip(),
        where=terms.where,
        room=terms.room.strip(),
        consent=terms.consent.login if terms.consent else "",
        consent_name=terms.consent.name if terms.consent else "",
        signature=terms.signature.strip(),
        issued_at=around.now,
        issued_by=by,
        due_at=due,
        due_reason=terms.due_reason.strip(),
        due_consent=terms.due_consent.login if terms.due_consent else "",
        fetched_by=terms.fetched_by.strip(),
    )
    lists = {
        "borrower": loan.borrower,
        "where": loan.where,
        "due_on": due.astimezone(around.zone).date(),
    }
    return copy.model_copy(update={"state": row.after.value, "loan": loan, "loans": loan.n, **lists})


def withdraw(copy: Copy, before: Loan | None) -> Copy:
    """The copy as if its open loan had not been made: for a slip of several copies that came to nothing before it was
    handed out. `before` is the loan before it. Not an act of the desk, so not in the table."""
    lists = {"borrower": "", "where": "", "due_on": None}
    return copy.model_copy(
        update={
            "state": CopyState.SHELVED.value,
            "loan": before,
            "loans": copy.loans - 1,
            **lists,
        }
    )


def give_back(
    copy: Copy,
    scheme: Scheme,
    around: Circumstances,
    counted: Counted,
    *,
    brought_by: str = "",
) -> Copy:
    """The copy, back at the desk: its loan closed where the count is as recorded, else being checked."""
    counted = check_counted(counted)
    same = compare(copy, counted) is None
    row = allowed(copy, Action.RETURN if same else Action.RETURN_DIFFERENT, scheme, around)
    back = {
        "returned_at": around.now,
        "returned_by": counted.by,
        "brought_by": brought_by.strip(),
    }
    held = _with_loan(copy, counted=counted, **back).model_copy(update={"state": row.after.value})
    return _closed(held, around) if same else held


def count_again(copy: Copy, scheme: Scheme, around: Circumstances, counted: Counted) -> Copy:
    """The copy after another count; its loan closed if that was as recorded, and a finding withdrawn."""
    held = _with_loan(copy, counted=check_counted(counted))
    row = allowed(held, Action.COUNT_AGAIN, scheme, around)
    held = held.model_copy(update={"state": row.after.value})
    if row.after == CopyState.CHECKING:
        return held
    return _closed(_with_loan(held, finding=None).model_copy(update={"finding": None}), around)


def open_finding(copy: Copy, scheme: Scheme, around: Circumstances, finding: Finding) -> Copy:
    """The copy with a finding of loss or damage; its loan stays open until repair or closing."""
    row = allowed(copy, Action.OPEN_FINDING, scheme, around)
    return _with_loan(copy, finding=finding).model_copy(update={"state": row.after.value, "finding": finding})


def close(copy: Copy, scheme: Scheme, around: Circumstances) -> Copy:
    """The copy with its loan closed and the finding recorded; the record says from now on what was counted."""
    row = allowed(copy, Action.CLOSE, scheme, around)
    closed = _closed(_as_counted(copy), around).model_copy(update={"state": row.after.value, "finding": None})
    lost = row.after == CopyState.MISSING  # nobody counted it
    return closed.model_copy(update={"checked_on": copy.checked_on}) if lost else closed


def send_to_repair(copy: Copy, scheme: Scheme, around: Circumstances, *, by: str, what: str) -> Copy:
    """The copy in repair: not lent until it is repaired. An open loan is closed with its finding."""
    row = allowed(copy, Action.SEND_TO_REPAIR, scheme, around)
    if not what.strip():
        raise InvalidInput("what_needed", field="what")
    number = copy.finding.number if copy.finding else ""
    repair = Repair(since=around.now, by=by, what=what.strip(), finding=number)
    held = _closed(_as_counted(copy), around) if copy.open_loan else copy
    return held.model_copy(update={"state": row.after.value, "repair": repair})


def repaired(
    copy: Copy,
    scheme: Scheme,
    around: Circumstances,
    *,
    sheets: int | None = None,
    pages: int | None = None,
    condition: str = GOOD,
    finding: Finding | None = None,
) -> Copy:
    """The copy back from repair, with what it is now; the numbers stay where None is given. Raises Refused where
    sheets or pages are gone and there is no finding of it."""
    row = allowed(copy, Action.REPAIRED, scheme, around)
    now = {
        "sheets": copy.sheets if sheets is None else sheets,
        "pages": copy.pages if pages is None else pages,
    }
    for name, number in now.items():
        if number < 0:
            raise InvalidInput("count_below_zero", field=name, given=number)
    short = short_label(copy, sheets, pages)
    if short is not None and finding is None:
        raise refusal("repair_short", scheme.lending.check_rule, code=copy.id, field="what", difference=short)
    kept = {
        "condition": read_condition(condition),
        "checked_on": around.today,
        "repair": None,
        "finding": None,
    }
    return copy.model_copy(update={"state": row.after.value, **now, **kept})


def reshelve(copy: Copy, scheme: Scheme, around: Circumstances, place: str) -> Copy:
    """The copy at its place again, where `place` (as scanned or typed) is the place on record."""
    row = allowed(copy, Action.RESHELVE, scheme, around)
    if not _runs(str(copy.place)):
        raise Refused("place_unknown", code=copy.id)
    if not is_place(place, copy.place):
        raise Refused("wrong_place", code=copy.id, place=str(copy.place), given=place.strip())
    return copy.model_copy(update={"state": row.after.value})


def is_place(given: str, place: Place) -> bool:
    """Whether what was scanned or typed means this place: part for part where it is a barcode's (柜/层/盒), else by its
    words and numbers, whatever stands between them. Numbers are never run together: 1 11 2 is not 11 1 2."""
    text = unicodedata.normalize("NFKC", given)
    if BETWEEN in text:
        return _parts(text) == _parts(place_code(place))
    return _runs(text) == _runs(str(place))


def _parts(text: str) -> list[list[str]]:
    return [runs for runs in map(_runs, text.split(BETWEEN)) if runs]


def _runs(text: str) -> list[str]:
    """The words and numbers of a place in one case; words in Chinese, which need nothing between them, as one."""
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if found and _is_word(run) and _is_word(found[-1]):
            found[-1] += run
        else:
            found.append(run)
    return found


def _is_word(run: str) -> bool:
    return _WORD.fullmatch(run) is not None


BETWEEN = "/"  # the parts of a place in its barcode
_NUMBER = r"\d〇零一二三四五六七八九十百千"
_RUN = re.compile(rf"[{_NUMBER}]+|[a-z]+|[^\W_a-z{_NUMBER}]+")
_WORD = re.compile(rf"[^\W_a-z{_NUMBER}]+")


def place_code(place: Place) -> str:
    """What stands in the barcode of a place."""
    return BETWEEN.join(part for part in (place.cabinet, place.shelf, place.box) if part)


def report_missing(copy: Copy, scheme: Scheme, around: Circumstances, *, what: str) -> Copy:
    """The copy, not found where it should be. A loan stays open until it is found or closed with a finding, a
    repair until it is found and done."""
    row = allowed(copy, Action.REPORT_MISSING, scheme, around)
    if not what.strip():
        raise InvalidInput("what_needed", field="what")
    return copy.model_copy(update={"state": row.after.value, "note": what.strip()})


def found(copy: Copy, scheme: Scheme, around: Circumstances, *, by: str) -> Copy:
    """The copy, here again: to be counted where its loan is open, in repair where that is not done, else to be
    reshelved."""
    row = allowed(copy, Action.FOUND, scheme, around)
    here = copy.model_copy(update={"state": row.after.value, "note": ""})
    if row.after != CopyState.CHECKING:
        return here
    back = _with_loan(here, returned_at=around.now, returned_by=by, finding=None)
    return back.model_copy(update={"finding": None})


def _with_loan(copy: Copy, **changes: object) -> Copy:
    return copy.model_copy(update={"loan": copy.loan.model_copy(update=changes)}) if copy.loan else copy


def _closed(copy: Copy, around: Circumstances) -> Copy:
    """The copy with its loan closed: it stays as the last one, the fields that lists ask for are emptied."""
    lists = {"borrower": "", "where": "", "due_on": None, "checked_on": around.today}
    return _with_loan(copy, closed_at=around.now).model_copy(update=lists)


def _as_counted(copy: Copy) -> Copy:
    """The copy, whose record now says what was counted last."""
    counted = copy.loan.counted if copy.loan else None
    if counted is None:
        return copy
    now = {
        "sheets": counted.sheets,
        "pages": counted.pages,
        "condition": counted.condition,
    }
    return copy.model_copy(update=now)


def register_line(copy: Copy, loan: Loan, stamp: int, zone: tzinfo) -> RegisterLine:
    """The line of the loan register that follows from the copy's loan at this revision of the copy."""
    closed = loan.closed_at
    return RegisterLine(
        id=f"{copy.id}/{loan.n}",
        stamp=stamp,
        copy_code=copy.id,
        dossier=copy.dossier,
        dossier_number=copy.dossier_number,
        dossier_name=copy.dossier_name,
        volume=copy.volume,
        title=copy.title,
        scheme=copy.scheme,
        mark=copy.mark,
        borrower=loan.borrower,
        where=loan.where,
        issued_on=loan.issued_at.astimezone(zone).date(),
        due_on=loan.due_at.astimezone(zone).date(),
        closed_on=closed.astimezone(zone).date() if closed else None,
        loan=loan,
    )
