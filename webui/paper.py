"""Where the paper of a document is, in words and with its glyph. Shown, never decided on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from archive.domain.copy import Copy, CopyState
from webui.language import current_language, words
from webui.written import spoken


@dataclass(frozen=True, slots=True)
class PaperState:
    """`kind`: in, out, late, hand or none, as in the parts; `said`: the words."""

    kind: str
    said: str


def paper_state(copy: Copy | None, arranged: bool, now: datetime, zone: tzinfo) -> PaperState:
    """How it stands with the original a document lies in."""
    if not arranged:
        return PaperState("none", words("Not arranged yet"))
    if copy is None:
        return PaperState("none", words("No original recorded"))
    if copy.state == CopyState.OUT and copy.loan:
        return _out(copy.loan.where, copy.loan.due_at, now, zone)
    place = str(copy.place)
    said = {
        CopyState.SHELVED: (
            "in",
            words("Original on the shelf, {place}", place=place) if place else words("Original on the shelf"),
        ),
        CopyState.CHECKING: ("hand", words("Original back, being checked")),
        CopyState.RETURNED: ("hand", words("Original to be reshelved")),
        CopyState.REPAIR: ("hand", words("Original in repair, not lent")),
        CopyState.MISSING: ("late", words("Original missing")),
        CopyState.OUT: ("out", words("Original out")),
    }
    return PaperState(*said[CopyState(copy.state)])


def _out(where: str, due: datetime, now: datetime, zone: tzinfo) -> PaperState:
    room = where == "premises"
    if now > due:
        days = (now.astimezone(zone).date() - due.astimezone(zone).date()).days
        if days < 1:
            return PaperState(
                "late", words("Original in the reading room, overdue since {time}", time=_time(due, zone))
            )
        return PaperState("late", words("Original out, overdue {n} {n?day|days}", n=days))
    if due.astimezone(zone).date() == now.astimezone(zone).date():
        time = _time(due, zone)
        return PaperState(
            "out",
            words("Original in the reading room, due today {time}", time=time)
            if room
            else words("Original out, due today {time}", time=time),
        )
    day = spoken(due.astimezone(zone).date(), current_language())
    return PaperState(
        "out",
        words("Original in the reading room, due {day}", day=day)
        if room
        else words("Original out, due {day}", day=day),
    )


def _time(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M")
