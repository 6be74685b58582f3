"""Open loans and the loan register, on the screen and as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date as Day

from flask import Blueprint, Response, render_template, request

from archive.domain.copy import CopyState, RegisterLine
from archive.errors import InvalidInput
from archive.services import loan_lists
from archive.services.loan_lists import LoanRow, RegisterWish
from webui import lending_desk as desk
from webui.downloads import as_download
from webui.language import words
from webui.session import application, current_actor, ports

screen = Blueprint("register", __name__, url_prefix="/lending")
PAGE = 50
PART = 500
MARK = "\ufeff"  # by this mark spreadsheets know the file for UTF-8
FORMULA = ("=", "+", "-", "@", "\t", "\r")

LISTS: dict[str, str] = {
    "": "All out", "late": "Overdue#list", "today": "Due today#list", "premises": "Out, here#list",
    "outside": "Out, away#list",
    "checking": "Back, not as recorded", "returned": "To be reshelved", "repair": "In repair#list",
    "missing": "Missing#list",
}  # fmt: skip


@screen.get("/out")
def out() -> str:
    """What is out, overdue, back and not yet in its place, in repair."""
    only = request.args.get("only", "")
    only = only if only in LISTS else ""
    return render_template("lending/out.html", only=only, lists=LISTS, lines=list(_lines(only)))


def _lines(only: str) -> Iterator[tuple[desk.Piece, LoanRow | None]]:
    actor = current_actor()
    if only in {state.value for state in CopyState}:
        for read in loan_lists.in_state(ports(), actor, CopyState(only)).records:
            yield desk.piece_of(read.record), None
        return
    rows = {"late": loan_lists.overdue, "today": loan_lists.due_today}.get(only, loan_lists.out_now)(ports(), actor)
    for row in rows:
        if only not in ("premises", "outside") or row.loan.where == only:
            yield desk.piece_of(row.copy), row


@screen.get("/register")
def home() -> str:
    """The register, narrowed by days, borrower, words."""
    at = max(1, request.args.get("page", 1, type=int))
    found = loan_lists.register(ports(), current_actor(), wish(), start=(at - 1) * PAGE, size=PAGE)
    asked = {name: value for name, value in request.args.items() if name != "page" and value}
    return render_template(
        "lending/register.html",
        lines=[read.record for read in found.records],
        total=found.total,
        page=at,
        pages=-(-found.total // PAGE),
        asked=asked,
    )


def wish() -> RegisterWish:
    """What of the register is asked for. Raises InvalidInput for days that are none."""
    given = request.args
    return RegisterWish(
        copy=given.get("copy", ""),
        borrowers=desk.logins_of(given.get("borrower", "")),
        first=_day("first"),
        last=_day("last"),
        open_only=given.get("open") == "yes",
        text=given.get("text", ""),
    )


def _day(name: str) -> Day | None:
    text = request.args.get(name, "").strip()
    try:
        return Day.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("web_not_a_day", field=name, given=text) from None


Cell = Callable[[RegisterLine], str]


def _columns() -> dict[str, Cell]:
    zone = application().settings.zone
    return {
        words("Slip"): lambda line: line.loan.slip,
        words("Code of the copy"): lambda line: line.copy_code,
        words("Dossier#column"): lambda line: line.dossier_number,
        words("Name of the dossier"): lambda line: line.dossier_name,
        words("Title of the volume"): lambda line: line.title,
        words("Borrower"): lambda line: line.loan.borrower_name,
        words("What is asked for"): lambda line: line.loan.asked_for,
        words("Purpose"): lambda line: line.loan.purpose,
        words("Way"): where_said,
        words("Place#reading"): lambda line: line.loan.room,
        words("Consented by"): lambda line: line.loan.consent_name,
        words("Issued at"): lambda line: f"{line.loan.issued_at.astimezone(zone):%Y-%m-%d %H:%M}",
        words("Due#loan"): lambda line: f"{line.loan.due_at.astimezone(zone):%Y-%m-%d %H:%M}",
        words("Back at"): lambda line: (
            f"{line.loan.returned_at.astimezone(zone):%Y-%m-%d %H:%M}" if line.loan.returned_at else ""
        ),
        words("Counted#column"): counted_said,
        words("Closed on"): lambda line: line.closed_on.isoformat() if line.closed_on else "",
    }


def where_said(line: RegisterLine) -> str:
    return words("read on the premises") if line.where == "premises" else words("out of the house")


def counted_said(line: RegisterLine) -> str:
    counted = line.loan.counted
    if counted is None:
        return ""
    said = "{sheets} {sheets?sheet|sheets}, {pages} {pages?page|pages}"
    return f"{words(said, sheets=counted.sheets, pages=counted.pages)} {desk.condition_said(counted.condition)}"


@screen.get("/register.csv")
def table() -> Response:
    """The whole register as asked for, to the last line, for a spreadsheet."""
    columns = _columns()
    lines = _all_lines(wish())
    answer = Response(_written(list(columns), columns, lines), mimetype="text/csv")
    return as_download(answer, f"{words('Register#loans')} {ports().clock.today().isoformat()}.csv")


def _all_lines(wanted: RegisterWish) -> list[RegisterLine]:
    found: list[RegisterLine] = []
    while True:
        part = loan_lists.register(ports(), current_actor(), wanted, start=len(found), size=PART)
        found += [read.record for read in part.records]
        if not part.records or len(found) >= part.total:
            return found


def _written(names: Sequence[str], columns: dict[str, Cell], lines: Sequence[RegisterLine]) -> str:
    out = io.StringIO()
    out.write(MARK)
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([plain(cell(line)) for cell in columns.values()] for line in lines)
    return out.getvalue()


def plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
