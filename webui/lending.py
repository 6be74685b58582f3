"""The lending desk: codes come in one after another, and what may be done with them is offered by the archive.

The codes on the desk stand in the address, so that a reload or a second window keeps them. No rule is decided here:
what is possible, and why something is not, comes with the offers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date as Day

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.domain.access import Actor
from archive.domain.lending import Action
from archive.errors import ArchiveError, InvalidInput, NotFound
from archive.ports import Ports
from archive.services import copies, lending, loan_lists, people
from archive.services.lending import Count, LoanRequest
from webui import lending_desk as desk
from webui.errors import status_of
from webui.frame import waiting
from webui.language import current_language, label, words
from webui.session import current_actor, ports

screen = Blueprint("desk", __name__, url_prefix="/lending")


@waiting("desk")
def waits(ports: Ports, actor: Actor) -> int:
    """Overdue and still to be closed: what nobody may forget."""
    figures = loan_lists.figures(ports, actor)
    return figures.overdue + figures.checking


@screen.get("")
def home() -> Response:
    """The desk with the codes of the address on it; `scan` is what was scanned or typed last."""
    scan, codes = request.args.get("scan", "").strip(), request.args.getlist("code")
    if not scan:
        return page(codes, {"act": request.args.get("act", ""), "borrower": request.args.get("borrower", "")})
    try:
        found = copies.find_copy(ports(), current_actor().access, scan)
    except NotFound as missing:
        return page(codes, {}, missing, scan=scan)
    if found.taken_as:
        flash(found.taken_as.told_in(current_language()), "zhe")
    kept = [code for code in codes if code != found.copy.id]
    return redirect(url_for("desk.home", code=[*kept, found.copy.id]))


def page(codes: list[str], given: Mapping[str, str], fault: ArchiveError | None = None, scan: str = "") -> Response:
    shown = render_template("lending/desk.html", **desk.desk(codes, given, fault, scan), **desk.day())
    return make_response(shown, status_of(fault) if fault else 200)


@screen.get("/people.json")
def persons() -> Response:
    """Borrowers whose name, department or login fits, for the fields of the desk."""
    found = people.borrowers(ports(), current_actor(), request.args.get("q", ""))
    return jsonify(people=[{"login": one.id, "said": desk.person_line(one)} for one in found])


# --- acts ---------------------------------------------------------------------------------------------------------


SEPARATORS = {ord(sign): " " for sign in ",;、，；"}


@screen.post("/act")
def act() -> Response:
    """Does what was chosen with the codes on the desk; a refusal comes back with what was filled in."""
    codes = request.form.getlist("code")
    try:
        return _act(Action(request.form.get("act", "")), codes)
    except ValueError:
        raise InvalidInput("unknown_choice", field="act", given=request.form.get("act", "")) from None
    except ArchiveError as error:
        return page(codes, request.form, error)


def _act(action: Action, codes: list[str]) -> Response:
    if action in (Action.ISSUE, Action.LEND_OUTSIDE):
        return _issue(action, codes)
    if not codes:
        raise InvalidInput("no_codes", field="codes")
    for code in codes:
        said = DOINGS[action](code)
        flash(said, "song" if action in QUIET else "zhe")
    return redirect(url_for("desk.home", code=[] if action == Action.RESHELVE else codes))


def _issue(action: Action, codes: list[str]) -> Response:
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
    issued = lending.lend(ports(), current_actor(), wish)
    name = issued.copies[0].loan.borrower_name if issued.copies[0].loan else ""
    due = desk.moment(issued.due_at)
    said = "Issued: {n} {n?piece|pieces} to {name}, slip {slip}, due {due}."
    flash(words(said, n=len(issued.copies), name=name, slip=issued.slip, due=due), "song")
    return redirect(url_for("desk.home"))


def _day(text: str) -> Day | None:
    try:
        return Day.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise InvalidInput("web_not_a_day", field="due_on", given=text) from None


def _give_back(code: str) -> str:
    done = lending.take_back(ports(), current_actor(), code, brought_by=request.form.get("brought_by", ""))
    return _closed(done)


def _closed(done: lending.Returned) -> str:
    copy = done.copy
    said = "Loan closed: {code}, {n} {n?page|pages} as recorded. Now to its place: {place}."
    return words(said, code=copy.id, n=copy.pages, place=copy.place)


def _give_back_different(code: str) -> str:
    done = lending.take_back(ports(), current_actor(), code, _count(), brought_by=request.form.get("brought_by", ""))
    return _counted(done, code)


def _count_again(code: str) -> str:
    as_recorded = request.form.get("as_recorded") == "yes"
    return _counted(lending.count_again(ports(), current_actor(), code, None if as_recorded else _count()), code)


def _counted(done: lending.Returned, code: str) -> str:
    if done.difference is None:
        return _closed(done)
    return words("{code}: {difference}. The loan stays open.", code=code, difference=label(done.difference))


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


def _open_finding(code: str) -> str:
    copy = lending.open_finding(ports(), current_actor(), code, request.form.get("what", ""))
    return words("Finding {number} opened for {code}.", number=copy.finding.number if copy.finding else "", code=code)


def _close(code: str) -> str:
    lending.close_loan(ports(), current_actor(), code)
    return words("Loan of {code} closed with its finding.", code=code)


def _shelve(code: str) -> str:
    copy = lending.shelve(ports(), current_actor(), code, request.form.get("place", ""))
    return words("{code} is back in its place: {place}.", code=code, place=copy.place)


def _repair(code: str) -> str:
    lending.send_to_repair(ports(), current_actor(), code, request.form.get("what", ""))
    return words("{code} is in repair.", code=code)


def _repaired(code: str) -> str:
    count = _count()
    lending.repaired(ports(), current_actor(), code, sheets=count.sheets, pages=count.pages, condition=count.condition)
    return words("{code} is repaired, and to be reshelved.", code=code)


def _missing(code: str) -> str:
    lending.report_missing(ports(), current_actor(), code, request.form.get("what", ""))
    return words("{code} is recorded as missing.", code=code)


def _found(code: str) -> str:
    lending.found(ports(), current_actor(), code)
    return words("{code} is found.", code=code)


DOINGS: Mapping[Action, Callable[[str], str]] = {
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
