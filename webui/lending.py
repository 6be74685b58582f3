"""The lending desk: codes come in one after another, and what may be done with them is offered by the archive.

The codes on the desk stand in the address, so that a reload or a second window keeps them. No rule is decided here:
what is possible, and why something is not, comes with the offers.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.domain.access import Actor
from archive.domain.copy import Copy
from archive.domain.lending import Action
from archive.errors import ArchiveError, Forbidden, InvalidInput, NotFound, Refused
from archive.ports import Ports
from archive.services import copies, lending, loan_lists, people
from archive.services.lending import Issued
from webui import lending_acts as acts
from webui import lending_desk as desk
from webui.errors import answer, status_of
from webui.frame import waiting
from webui.language import current_language, label
from webui.lending_acts import Done
from webui.session import current_actor, ports, wants_page

screen = Blueprint("desk", __name__, url_prefix="/lending")


@waiting("desk")
def waits(ports: Ports, actor: Actor) -> int:
    """Overdue and still to be closed: what nobody may forget."""
    return desk.figures().to_see_to if desk.has_figures() else loan_lists.to_see_to(ports, actor)


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


def page(
    codes: list[str], given: Mapping[str, str], fault: ArchiveError | None = None, *, scan: str = "", day: bool = True
) -> Response:
    lists = desk.day() if day else {}
    shown = render_template("lending/desk.html", **desk.desk(codes, given, fault, scan), **lists)
    return make_response(shown, status_of(fault) if fault else 200)


@screen.get("/people.json")
def persons() -> Response:
    """Borrowers whose name, department or login fits, for the fields of the desk."""
    found = people.borrowers(ports(), current_actor(), request.args.get("q", ""))
    return jsonify(people=[{"login": one.id, "said": desk.person_line(one)} for one in found])


# --- acts ---------------------------------------------------------------------------------------------------------


@screen.post("/act")
def act() -> Response:
    """Does what was chosen with the codes on the desk. A refusal comes back with what was filled in, without the
    day's lists; a program is told either in JSON."""
    action, codes = _action(), request.form.getlist("code")
    done: list[Done] = []
    try:
        if action in (Action.ISSUE, Action.LEND_OUTSIDE):
            return _issued(action, acts.issue(action, codes))
        if not codes:
            raise InvalidInput("no_codes", field="codes")
        for code in codes:
            done.append(acts.DOINGS[action](code))
    except Forbidden:
        raise
    except ArchiveError as error:
        return _refused(error, action, codes, done)
    return _done(action, codes, done)


def _action() -> Action:
    given = request.form.get("act", "")
    try:
        return Action(given)
    except ValueError:
        raise InvalidInput("unknown_choice", field="act", given=given) from None


def _issued(action: Action, issued: Issued) -> Response:
    said = acts.issued_said(issued)
    if not wants_page():
        copies_lent = [_copy_told(copy) for copy in issued.copies]
        return jsonify(act=action, said=[said], copies=copies_lent, slip=issued.slip, due_at=issued.due_at.isoformat())
    flash(said, "song")
    return redirect(url_for("desk.home"))


def _done(action: Action, codes: list[str], done: list[Done]) -> Response:
    if not wants_page():
        return jsonify(act=action, said=[one.said for one in done], copies=[_copy_told(one.copy) for one in done])
    _flash_done(action, done)
    return redirect(url_for("desk.home", code=[] if action == Action.RESHELVE else codes))


def _refused(error: ArchiveError, action: Action, codes: list[str], done: list[Done]) -> Response:
    """The desk with the refusal; what was done with the pieces before the refused one is said too, and they leave the
    desk."""
    if not wants_page():
        told = {"done": [_copy_told(one.copy) for one in done]} if done else {}
        return answer(error, **told, **_possible(error, action, codes))
    _flash_done(action, done)
    ready = {one.copy.id for one in done}
    return page([code for code in codes if copies.kept_code(code) not in ready], request.form, error, day=False)


def _flash_done(action: Action, done: list[Done]) -> None:
    for one in done:
        flash(one.said, "song" if action in acts.QUIET else "zhe")


def _copy_told(copy: Copy) -> dict[str, str]:
    return {"code": copy.id, "state": copy.state}


def _possible(error: ArchiveError, action: Action, codes: list[str]) -> dict[str, object]:
    """What can be done instead of what a rule or a state refused: in words where a rule has some, and the acts."""
    if not isinstance(error, Refused):
        return {}
    try:
        offers = lending.common_offers(ports(), current_actor().access, codes)
    except NotFound:  # another of the codes; the refusal itself stands
        return {}
    instead = [label(offer.instead) for offer in offers if offer.action == action and offer.instead]
    return {
        **({"instead": instead[0]} if instead else {}),
        "possible": [{"act": offer.action, "said": label(offer.label)} for offer in offers if offer.possible],
    }
