"""Numbers of dossiers, present and former: each given out once, and none unused without an explanation.

A number is claimed, with what it is for, before it is counted and before its dossier is opened. Whatever a crash
interrupts, every number that was counted has its claim, and a claim without a dossier tells why the number is not used.
A number belongs to the dossier that its claim names and that bears it: both, else it is free.
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


def bearers(ports: Ports, numbers: Iterable[str]) -> dict[str, Dossier]:
    """The dossiers that bear these numbers, as their own or a former one; by number."""
    ids = {number: f"number:{number}" for number in numbers}
    claims = ports.index.get_many(Claim, ids.values())
    owners = {number: claims[id].record.owner for number, id in ids.items() if id in claims}
    found = ports.index.get_many(Dossier, set(owners.values()))
    named = {number: found[owner].record for number, owner in owners.items() if owner in found}
    return {number: dossier for number, dossier in named.items() if dossier.bears(number)}


def next_dossier_number(ports: Ports, actor: Actor, scheme: Scheme, name: str) -> str:
    """Claims the scheme's next number for a dossier of this name. Raises Unavailable("busy")."""
    year = ports.clock.today().year
    series = _series(scheme, year)
    for _ in range(TRIES):
        counter = _last(ports, series) + 1
        number = dossier_number(scheme.numbering, year, counter)
        claimed = _create(ports, _claim(ports, actor, scheme.id, number, dossier_id(number), name))
        _count(ports, series, counter)
        if claimed:
            return number
    raise Unavailable("busy")


def claim_number(ports: Ports, actor: Actor, scheme: Scheme, number: str, name: str) -> None:
    """Claims a number as typed; one whose dossier was never opened is taken up again. Raises Conflict."""
    _take(ports, number, _claim(ports, actor, scheme.id, number, dossier_id(number), name))


def claim_former(ports: Ports, actor: Actor, scheme: Scheme, dossier: str, numbers: Iterable[str]) -> None:
    """Claims former numbers for the dossier with this id, those it has already too. Raises Conflict."""
    for number in numbers:
        _take(ports, number, _claim(ports, actor, scheme.id, number, dossier))


def refuse_borne(ports: Ports, numbers: Iterable[str], *, but: str = "") -> None:
    """Raises Conflict where a dossier bears one of the numbers, other than the one with the id `but`."""
    for number, dossier in bearers(ports, numbers).items():
        if dossier.id != but:
            raise _taken(number, dossier)


def former_claims(ports: Ports, dossier: str, numbers: Iterable[str]) -> list[Versioned[Claim]]:
    """The claims of this dossier on former numbers, to be released once it does not bear them any more."""
    found = ports.index.get_many(Claim, [f"number:{number}" for number in numbers])
    return [read for read in found.values() if read.record.owner == dossier]


def release(ports: Ports, claims: Iterable[Versioned[Claim]]) -> None:
    """Frees the numbers of these claims that are not borne; not where somebody claimed one anew since it was read."""
    for read in claims:
        _mark(ports, read)


def _take(ports: Ports, number: str, wanted: Claim) -> None:
    if _create(ports, wanted):
        return
    there = ports.index.get(Claim, wanted.id)
    bearer = _bearer(ports, there.record)
    if bearer is not None and (bearer.id != wanted.owner or bearer.number == number):
        raise _taken(number, bearer)
    if there.record.owner != wanted.owner and is_unsettled(ports, there.record):
        raise Conflict("exists", what=number)
    audit.write_sidecar(ports, ports.index.replace(wanted, there.token))


def _taken(number: str, dossier: Dossier) -> Conflict:
    if dossier.number == number:
        return Conflict("exists", what=number)
    return Conflict("number_was_of", what=number, number=dossier.number)


def _bearer(ports: Ports, claim: Claim) -> Dossier | None:
    found = ports.index.get_many(Dossier, [claim.owner])
    number = claim.id.removeprefix("number:")
    return next((read.record for read in found.values() if read.record.bears(number)), None)


def _series(scheme: Scheme, year: int) -> str:
    return f"{scheme.numbering.prefix}-{year}"


def _claim(ports: Ports, actor: Actor, scheme: str, number: str, dossier: str, name: str = "") -> Claim:
    return Claim(
        id=f"number:{number}",
        owner=dossier,
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
    """Whether a number's dossier may still be being opened, or given this former number."""
    if not claim.id.startswith("number:") or claim.at is None or claim.at <= ports.clock.now() - GRACE:
        return False
    return claim.unused == "no" and _bearer(ports, claim) is None


def settle(ports: Ports, read: Versioned[Claim]) -> Versioned[Claim] | None:
    """Marks a number that no dossier came to bear as unused, or takes that mark away where one bears it after all;
    the claim as it is then, None where nothing had to be done."""
    if not read.record.id.startswith("number:") or is_unsettled(ports, read.record):
        return None
    return _mark(ports, read)


def _mark(ports: Ports, read: Versioned[Claim]) -> Versioned[Claim] | None:
    claim = read.record
    unused = "yes" if _bearer(ports, claim) is None else "no"
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
    BROKEN_OFF = "broken_off"  # claimed, and its dossier was never opened or does not bear it any more
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
    dossiers = bearers(ports, ids)
    lines = []
    for number, id in ids.items():
        claim = claims.get(id)
        dossier = dossiers.get(number)
        seen = dossier if dossier and actor.access.allows(dossier.mark) else None
        lines.append(NumberLine(number, _use(ports, claim, dossier), seen, claim if seen or not dossier else None))
    return lines


def _use(ports: Ports, claim: Claim | None, dossier: Dossier | None) -> Use:
    if dossier is not None:
        return Use.USED
    if claim is None:
        return Use.ONLY_COUNTED
    return Use.OPENING if is_unsettled(ports, claim) else Use.BROKEN_OFF
