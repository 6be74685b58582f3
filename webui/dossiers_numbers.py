"""The register of a scheme's numbers: every number of a year with its dossier, or why it is not used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.domain.people import User
from archive.domain.scheme import Scheme
from archive.services import numbers
from archive.services.numbers import NumberLine, Use
from webui.language import words
from webui.session import current_actor, ports

KINDS = {Use.USED: "in", Use.OPENING: "hand", Use.BROKEN_OFF: "late", Use.ONLY_COUNTED: "late"}


@dataclass(frozen=True, slots=True)
class Line:
    """A number as the register shows it; `kind` as the parts draw it."""

    number: str
    name: str  # of its dossier, empty where there is none or it may not be seen
    kind: str
    said: str
    at: datetime | None
    who: str


def lines(scheme: Scheme, year: int, *, gaps_only: bool) -> tuple[list[Line], int, int]:
    """The lines, how many numbers there are, and how many of them are not used."""
    found = numbers.register_of(ports(), current_actor(), scheme, year)
    gaps = [one for one in found if one.is_gap]
    names = _names(found)
    return [_line(one, names) for one in (gaps if gaps_only else found)], len(found), len(gaps)


def _names(found: Sequence[NumberLine]) -> dict[str, str]:
    logins = {one.claim.by for one in found if one.claim and one.claim.by}
    return {id: read.record.name for id, read in ports().index.get_many(User, logins).items()}


def _line(one: NumberLine, names: dict[str, str]) -> Line:
    claim, dossier = one.claim, one.dossier
    by = claim.by if claim else ""
    at = dossier.created_at if dossier else claim.at if claim else None
    return Line(one.number, dossier.name if dossier else "", KINDS[one.use], _said(one), at, names.get(by, by))


def _said(one: NumberLine) -> str:
    if one.dossier and one.dossier.number != one.number:
        return words("former number of {number}", number=one.dossier.number)
    if one.use is Use.USED:
        return words("used") if one.dossier else words("used, not for you")
    if one.use is Use.OPENING:
        return words("being opened")
    if one.claim is None:
        return words("Unused: it was counted, and no dossier was opened under it.")
    if one.claim.owner != numbers.dossier_id(one.number):
        return words("Unused: it was meant as a former number of a dossier, and none bears it.")
    return words("Unused: opening “{name}” was broken off; no dossier was opened under it.", name=one.claim.name or "–")
