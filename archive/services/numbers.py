"""Numbers of dossiers: each given out once, and none unused without an explanation.

A number is claimed, with what it is for, before it is counted and before its dossier is opened. Whatever a crash
interrupts, every number that was counted has its claim, and a claim without a dossier tells why the number is not used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from archive.domain.access import Access, Actor, Permission
from archive.domain.dossier import Claim, Dossier
from archive.domain.numbering import counter_of, dossier_number
from archive.domain.query import Is
from archive.domain.record import Versioned
from archive.domain.scheme import Scheme
from archive.domain.series import Series
from archive.errors import Conflict, Forbidden, Unavailable
from archive.ports import Ports
from archive.services import audit

TRIES = 200  # of a number that somebody else's claim keeps overtaking
GRACE = timedelta(minutes=2)  # a dossier younger than this may still be being opened
MOST = 5_000  # dossiers of a scheme that are looked through for numbers given by hand


def dossier_id(number: str) -> str:
    """The id of the dossier that a number belongs to."""
    return number.lower().replace("/", "_")


def next_dossier_number(ports: Ports, actor: Actor, scheme: Scheme, name: str) -> str:
    """Claims the scheme's next number for a dossier of this name. Raises Unavailable("busy")."""
    year = ports.clock.today().year
    series = _series(scheme, year)
    for _ in range(TRIES):
        counter = _last(ports, series) + 1
        number = dossier_number(scheme.numbering, year, counter)
        claimed = _create(ports, _claim(ports, actor, scheme.id, number, name))
        _count(ports, series, counter)
        if claimed:
            return number
    raise Unavailable("busy")


def claim_number(ports: Ports, actor: Actor, scheme: Scheme, number: str, name: str) -> None:
    """Claims a number as typed; one whose dossier was never opened is taken up again. Raises Conflict("exists")."""
    wanted = _claim(ports, actor, scheme.id, number, name)
    if _create(ports, wanted):
        return
    there = ports.index.get(Claim, wanted.id)
    owner = there.record.owner
    if owner != wanted.owner or ports.index.get_many(Dossier, [owner]):
        raise Conflict("exists", what=number)
    audit.write_sidecar(ports, ports.index.replace(wanted, there.token))


def _series(scheme: Scheme, year: int) -> str:
    return f"{scheme.numbering.prefix}-{year}"


def _claim(ports: Ports, actor: Actor, scheme: str, number: str, name: str) -> Claim:
    return Claim(
        id=f"number:{number}",
        owner=dossier_id(number),
        scheme=scheme,
        name=name,
        by=actor.login,
        at=ports.clock.now(),
    )


def _create(ports: Ports, claim: Claim) -> bool:
    try:
        audit.write_sidecar(ports, ports.index.create(claim))
    except Conflict:
        return False
    return True


def _last(ports: Ports, series: str) -> int:
    read = ports.index.get_many(Series, [series]).get(series)
    return read.record.last if read else 0


def _count(ports: Ports, series: str, counter: int) -> None:
    """Sets the series to `counter` where it is not that far yet."""
    for _ in range(TRIES):
        read = ports.index.get_many(Series, [series]).get(series)
        if read is not None and read.record.last >= counter:
            return
        counted = Series(id=series, last=counter)
        try:
            written = ports.index.create(counted) if read is None else ports.index.replace(counted, read.token)
        except Conflict:
            continue
        audit.write_sidecar(ports, written)
        return
    raise Unavailable("busy")


# --- what became of them ------------------------------------------------------------------------------------------


def is_unsettled(ports: Ports, claim: Claim) -> bool:
    """Whether a number's dossier may still be being opened."""
    if not claim.id.startswith("number:") or claim.at is None or claim.at <= ports.clock.now() - GRACE:
        return False
    return not ports.index.get_many(Dossier, [claim.owner])


def settle(ports: Ports, read: Versioned[Claim]) -> Versioned[Claim] | None:
    """Marks a number whose dossier was never opened as unused, or takes that mark away where it was opened after all;
    the claim as it is then, None where nothing had to be done."""
    claim = read.record
    if not claim.id.startswith("number:") or is_unsettled(ports, claim):
        return None
    unused = "no" if ports.index.get_many(Dossier, [claim.owner]) else "yes"
    if claim.unused == unused:
        return None
    try:
        written = ports.index.replace(claim.model_copy(update={"unused": unused}), read.token)
    except Conflict:
        return None  # taken up again at this moment
    audit.write_sidecar(ports, written)
    return written


class Use(StrEnum):
    USED = "used"
    OPENING = "opening"  # claimed a moment ago
    BROKEN_OFF = "broken_off"  # claimed, and its dossier was never opened
    ONLY_COUNTED = "only_counted"  # counted without a claim, by a version of the product that counted first


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number of the register: its dossier where that may be seen, its claim where there is one."""

    number: str
    use: Use
    dossier: Dossier | None
    claim: Claim | None

    @property
    def is_gap(self) -> bool:
        return self.use in (Use.BROKEN_OFF, Use.ONLY_COUNTED)


def register_of(ports: Ports, actor: Actor, scheme: Scheme, year: int) -> list[NumberLine]:
    """Every number of a scheme and year in order, used or not, each with what became of it. Of a dossier one may not
    see only the number is told. Raises Forbidden."""
    if not (actor.may(Permission.FILE) or actor.may(Permission.REPORT)):
        raise Forbidden("forbidden", permission=Permission.FILE.value)
    counters = {*range(1, _last(ports, _series(scheme, year)) + 1), *_by_hand(ports, scheme, year)}
    return _lines(ports, actor, [dossier_number(scheme.numbering, year, counter) for counter in sorted(counters)])


def _by_hand(ports: Ports, scheme: Scheme, year: int) -> list[int]:
    """Counters of dossiers of the year, also of those whose number was typed."""
    found = ports.index.select(
        Dossier, Is.of("scheme", scheme.id), Access.whole_archive(), order=("-number",), size=MOST
    )
    named = (counter_of(scheme.numbering, read.record.number) for read in found.records)
    return [one[1] for one in named if one and one[0] == year]


def _lines(ports: Ports, actor: Actor, numbers: Iterable[str]) -> list[NumberLine]:
    ids = {number: f"number:{number}" for number in numbers}
    claims = {id: read.record for id, read in ports.index.get_many(Claim, ids.values()).items()}
    owners = {claim.owner for claim in claims.values()}
    dossiers = {id: read.record for id, read in ports.index.get_many(Dossier, owners).items()}
    lines = []
    for number, id in ids.items():
        claim = claims.get(id)
        dossier = dossiers.get(claim.owner) if claim else None
        seen = dossier if dossier and actor.access.allows(dossier.mark) else None
        lines.append(NumberLine(number, _use(ports, claim, dossier), seen, claim if seen or not dossier else None))
    return lines


def _use(ports: Ports, claim: Claim | None, dossier: Dossier | None) -> Use:
    if dossier is not None:
        return Use.USED
    if claim is None:
        return Use.ONLY_COUNTED
    return Use.OPENING if is_unsettled(ports, claim) else Use.BROKEN_OFF
