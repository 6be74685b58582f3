"""What the desk does with the form that was sent: each act asks one service, and says what was done in words.

No rule is decided here; a refusal passes through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date as Day

from flask import request

from archive.domain.copy import Copy
from archive.domain.lending import Action
from archive.errors import InvalidInput
from archive.services import lending
from archive.services.lending import Count, Issued, LoanRequest
from webui import lending_desk as desk
from webui.language import label, words
from webui.session import current_actor, ports

SEPARATORS = {ord(sign): " " for sign in ",;、，；"}


@dataclass(frozen=True, slots=True)
class Done:
    """A copy after an act, and what was done in words."""

    copy: Copy
    said: str


def issue(action: Action, codes: list[str]) -> Issued:
    """Lends what is on the desk as the form says. Raises what `lending.lend` raises, and InvalidInput for a day that
    is none."""
    form = request.form
    wish = LoanRequest(
        codes=codes,
        borrower=desk.login_of(form.get("borrower", "")),
        asked_for=form.get("asked_for", ""),
        purpose=form.get("purpose", ""),
        signature=form.get("signature_drawn", "") or form.get("signature", ""),
        where="outside" if action == Action.LEND_OUTSIDE else "premises",
        room=form.get("room", ""),
        consent=desk.login_of(form.get("consent", "")),
        due_on=_day(form.get("due_on", "")),
        due_reason=form.get("due_reason", ""),
        due_consent=desk.login_of(form.get("due_consent", "")),
        fetched_by=desk.login_of(form.get("fetched_by", "")),
    )
    return lending.lend(ports(), current_actor(), wish)


def issued_said(issued: Issued) -> str:
    """The slip in words."""
    name = issued.copies[0].loan.borrower_name if issued.copies[0].loan else ""
    due = desk.moment(issued.due_at)
    said = "Issued: {n} {n?piece|pieces} to {name}, slip {slip}, due {due}."
    return words(said, n=len(issued.copies), name=name, slip=issued.slip, due=due)


def _day(text: str) -> Day | None:
    try:
        return Day.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise InvalidInput("web_not_a_day", field="due_on", given=text) from None


def _give_back(code: str) -> Done:
    done = lending.take_back(ports(), current_actor(), code, brought_by=request.form.get("brought_by", ""))
    return _closed(done)


def _closed(done: lending.Returned) -> Done:
    copy = done.copy
    said = "Loan closed: {code}, {n} {n?page|pages} as recorded. Now to its place: {place}."
    return Done(copy, words(said, code=copy.id, n=copy.pages, place=copy.place))


def _give_back_different(code: str) -> Done:
    done = lending.take_back(ports(), current_actor(), code, _count(), brought_by=request.form.get("brought_by", ""))
    return _counted(done)


def _count_again(code: str) -> Done:
    as_recorded = request.form.get("as_recorded") == "yes"
    return _counted(lending.count_again(ports(), current_actor(), code, None if as_recorded else _count()))


def _counted(done: lending.Returned) -> Done:
    if done.difference is None:
        return _closed(done)
    said = "{code}: {difference}. The loan stays open."
    return Done(done.copy, words(said, code=done.copy.id, difference=label(done.difference)))


def _count() -> Count:
    """What was counted, as typed. Raises InvalidInput."""
    form = request.form
    if not form.get("sheets", "").strip() or not form.get("pages", "").strip():
        raise InvalidInput("count_needed", field="pages")
    missing = form.get("missing", "").translate(SEPARATORS).split()
    return Count(
        sheets=_number("sheets", form["sheets"]),
        pages=_number("pages", form["pages"]),
        condition=" ".join(form.getlist("condition")) or "good",
        missing_pages=tuple(_number("missing", part) for part in missing),
        note=form.get("note", ""),
    )


def _number(field: str, text: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        raise InvalidInput("web_not_a_number", field=field, given=text.strip()) from None


def _open_finding(code: str) -> Done:
    copy = lending.open_finding(ports(), current_actor(), code, request.form.get("what", ""))
    number = copy.finding.number if copy.finding else ""
    return Done(copy, words("Finding {number} opened for {code}.", number=number, code=copy.id))


def _close(code: str) -> Done:
    copy = lending.close_loan(ports(), current_actor(), code)
    return Done(copy, words("Loan of {code} closed with its finding.", code=copy.id))


def _shelve(code: str) -> Done:
    copy = lending.shelve(ports(), current_actor(), code, request.form.get("place", ""))
    return Done(copy, words("{code} is back in its place: {place}.", code=copy.id, place=copy.place))


def _repair(code: str) -> Done:
    copy = lending.send_to_repair(ports(), current_actor(), code, request.form.get("what", ""))
    return Done(copy, words("{code} is in repair.", code=copy.id))


def _repaired(code: str) -> Done:
    """Of several pieces each has fields of its own; a number that is left empty stays as it is."""
    form, own = request.form, f"-{code}" if len(request.form.getlist("code")) > 1 else ""
    if own and (form.get("sheets", "").strip() or form.get("pages", "").strip()):
        raise InvalidInput("count_each", field="sheets")
    copy = lending.repaired(
        ports(),
        current_actor(),
        code,
        sheets=_number_or_none(f"sheets{own}"),
        pages=_number_or_none(f"pages{own}"),
        condition=" ".join(form.getlist(f"condition{own}")) or "good",
        what=form.get(f"what{own}", ""),
    )
    return Done(copy, words("{code} is repaired, and to be reshelved.", code=copy.id))


def _number_or_none(field: str) -> int | None:
    text = request.form.get(field, "")
    return _number(field, text) if text.strip() else None


def _missing(code: str) -> Done:
    copy = lending.report_missing(ports(), current_actor(), code, request.form.get("what", ""))
    return Done(copy, words("{code} is recorded as missing.", code=copy.id))


def _found(code: str) -> Done:
    copy = lending.found(ports(), current_actor(), code)
    return Done(copy, words("{code} is found.", code=copy.id))


DOINGS: Mapping[Action, Callable[[str], Done]] = {
    Action.RETURN: _give_back,
    Action.RETURN_DIFFERENT: _give_back_different,
    Action.COUNT_AGAIN: _count_again,
    Action.OPEN_FINDING: _open_finding,
    Action.CLOSE: _close,
    Action.RESHELVE: _shelve,
    Action.SEND_TO_REPAIR: _repair,
    Action.REPAIRED: _repaired,
    Action.REPORT_MISSING: _missing,
    Action.FOUND: _found,
}
QUIET = {Action.RETURN, Action.CLOSE, Action.RESHELVE, Action.REPAIRED, Action.FOUND}
