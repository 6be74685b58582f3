"""What the screen of one dossier shows: its life, its checklist, its volumes with their papers, where each stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day

from archive.domain.copy import Copy, CopyKind, RegisterLine
from archive.domain.document import Document
from archive.domain.dossier import LATE, Dossier, Volume, VolumeItem
from archive.domain.retention import kept_until, period_of
from archive.domain.scheme import Field, Scheme
from archive.services import copies, loan_lists
from webui.document_names import type_name
from webui.language import label, words
from webui.lending_desk import Piece, piece_of
from webui.session import application, current_actor, ports
from webui.written import whole

SPINE = (22, 46)  # least and most width of a spine, in pixels
PIXELS_A_SHEET = 0.22
MASKED = 4  # characters of a sensitive field that are shown


@dataclass(frozen=True, slots=True)
class Line:
    """A document in a list: its item number, page numbers in the volume, remark."""

    document: Document
    type: str
    item: str
    page_numbers: str
    remark: str


@dataclass(frozen=True, slots=True)
class ShownVolume:
    number: int
    title: str
    dates: str
    kept: str  # how long, in words
    pages: int
    fixed: bool
    kind: str
    said: str
    lines: Sequence[Line]
    copies: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Group:
    """A phase: its volumes, and its documents that are in none."""

    label: str
    volumes: Sequence[ShownVolume]
    loose: Sequence[Line]

    @property
    def documents(self) -> int:
        return sum(len(volume.lines) for volume in self.volumes) + len(self.loose)

    @property
    def pages(self) -> int:
        loose = sum(len(line.document.pages) for line in self.loose)
        return sum(volume.pages for volume in self.volumes) + loose


@dataclass(frozen=True, slots=True)
class Spine:
    number: int
    title: str
    width: int
    kind: str
    said: str


def phases(dossier: Dossier, scheme: Scheme, documents: Iterable[Document]) -> list[Group]:
    """The phases in the scheme's order, each with what is in it; those without anything are left out."""
    known = {document.id: document for document in documents}
    pieces = _pieces(dossier)
    in_volumes = {item.document for volume in dossier.volumes for item in volume.items}
    loose = [document for document in known.values() if document.id not in in_volumes and document.kept]
    groups = []
    for id, name in _phases_of(scheme, dossier):
        volumes = [_volume(scheme, v, known, pieces) for v in dossier.volumes if v.phase == id]
        mine = sorted((d for d in loose if d.phase == (id or "")), key=_reading_order)
        if volumes or mine:
            groups.append(Group(name, volumes, [_loose(document) for document in mine]))
    return groups


def _phases_of(scheme: Scheme, dossier: Dossier) -> list[tuple[str | None, str]]:
    """The scheme's phases, and a last place for what has none."""
    whole_one = [(None, words("The whole dossier"))] if any(v.phase is None for v in dossier.volumes) else []
    return [*whole_one, *((phase.id, label(phase)) for phase in scheme.phases), ("", words("Phase not settled"))]


def _reading_order(document: Document) -> tuple[Day, str, str]:
    return (document.date or Day.max, document.number, document.title)


def _loose(document: Document) -> Line:
    return Line(document, type_name(document), "", "", "")


def _volume(
    scheme: Scheme, volume: Volume, known: Mapping[str, Document], pieces: Mapping[int, Sequence[Piece]]
) -> ShownVolume:
    lines = [line_of(item, known[item.document]) for item in volume.items if item.document in known]
    mine = pieces.get(volume.number, ())
    kind, said = _stand(volume, mine)
    pages = volume.pages or sum(item.pages for item in volume.items)
    fixed = volume.is_fixed
    dates, how_long = _dates(lines), kept(scheme, [line.document for line in lines])
    return ShownVolume(volume.number, volume.title, dates, how_long, pages, fixed, kind, said, lines, mine)


def kept(scheme: Scheme, documents: Sequence[Document]) -> str:
    """How long a volume of these documents is kept: 永久, or 30 年，至 2054-12-31; nothing while it is not known."""
    period = period_of(scheme, [document.type for document in documents])
    days = [document.date for document in documents if document.date]
    if period is None:
        return ""
    until = kept_until(period, max(days)) if days else None
    return words("{period}, until {day}", period=label(period.label), day=until) if until else label(period.label)


def line_of(item: VolumeItem, document: Document) -> Line:
    remark = words("late paper") if item.remark == LATE else item.remark
    return Line(document, type_name(document), f"{item.item:02d}", page_range(item), remark)


def page_range(item: VolumeItem) -> str:
    """171–175; one page is one number."""
    if item.first_page is None or item.last_page is None:
        return ""
    return str(item.first_page) if item.first_page == item.last_page else f"{item.first_page}–{item.last_page}"


def _dates(lines: Sequence[Line]) -> str:
    days = sorted(line.document.date for line in lines if line.document.date)
    if not days:
        return ""
    first, last = f"{days[0]:%Y-%m}", f"{days[-1]:%Y-%m}"
    return first if first == last else f"{first} – {last}"


def _pieces(dossier: Dossier) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {}
    for copy in copies.copies_of(ports(), current_actor().access, dossier.id):
        found.setdefault(copy.volume, []).append(piece_of(copy))
    return found


def _stand(volume: Volume, pieces: Sequence[Piece]) -> tuple[str, str]:
    """Where the original of a volume is."""
    original = next((one for one in pieces if one.copy.copy_kind == CopyKind.ORIGINAL), None)
    if original is None:
        return "none", words("No original registered") if volume.is_fixed else words("Not fixed yet")
    return original.kind, str(original.copy.place) if original.kind == "in" else original.said


def spines(groups: Sequence[Group], dossier: Dossier) -> list[Spine]:
    """The volumes as they stand on the shelf."""
    sheets = {volume.number: volume.sheets or sum(i.pages for i in volume.items) for volume in dossier.volumes}
    shown = sorted((volume for group in groups for volume in group.volumes), key=lambda v: v.number)
    return [Spine(v.number, v.title, _width(sheets[v.number]), v.kind, v.said) for v in shown]


def _width(sheets: int) -> int:
    least, most = SPINE
    return min(most, max(least, round(least + sheets * PIXELS_A_SHEET)))


def places(groups: Sequence[Group]) -> list[str]:
    """The cabinets and shelves its originals stand in."""
    originals: list[Copy] = [
        piece.copy
        for group in groups
        for volume in group.volumes
        for piece in volume.copies
        if piece.copy.copy_kind == CopyKind.ORIGINAL
    ]
    return list(dict.fromkeys(f"{copy.place.cabinet} {copy.place.shelf}".strip() for copy in originals))


def loans(groups: Sequence[Group]) -> dict[str, Sequence[RegisterLine]]:
    """The loans of each copy that was lent, the latest first."""
    shown = [piece.copy for group in groups for volume in group.volumes for piece in volume.copies if piece.copy.loans]
    return {copy.id: loan_lists.history_of(ports(), current_actor().access, copy) for copy in shown}


# --- fields -------------------------------------------------------------------------------------------------------


def fields(dossier: Dossier, of: Iterable[Field], *, whole_ones: bool) -> list[tuple[str, str]]:
    """Those of these fields that are filled in, as they are read; sensitive ones whole only where `whole_ones`."""
    return [
        (label(field.label), _written(field, dossier.fields[field.name], whole_ones=whole_ones))
        for field in of
        if dossier.fields.get(field.name) not in (None, "")
    ]


def _written(field: Field, value: object, *, whole_ones: bool) -> str:
    if field.sensitive and not whole_ones:
        return f"{str(value)[:MASKED]}…"
    if field.kind == "choice":
        return next((label(name) for id, name in field.choices if id == value), str(value))
    if field.kind == "money" and isinstance(value, int | float):
        return words("{sum} yuan", sum=f"{whole(int(value))}{f'{value % 1:.2f}'[1:] if value % 1 else ''}")
    if isinstance(value, float) and value.is_integer():
        return whole(int(value))
    return str(value)


def class_names(dossier: Dossier, scheme: Scheme) -> list[str]:
    """The scheme's name and the class, for the number slip."""
    found = scheme.find_class(dossier.cls)
    return [label(scheme.label), *([label(found)] if found else [])]


def class_pairs(scheme: Scheme) -> list[tuple[str, str]]:
    """The classes a dossier may sit at, each with those above it."""
    pairs = []
    for top in scheme.classes:
        for found, above in top.walk():
            if not found.children:
                path = [scheme.find_class(code) for code in above]
                pairs.append((found.code, " / ".join(label(one) for one in (*path, found) if one)))
    return pairs


@dataclass(frozen=True, slots=True)
class TrackState:
    label: str
    kind: str  # past, now, come
    under: str


def track(dossier: Dossier, scheme: Scheme) -> list[TrackState]:
    """The states of its life in the scheme's order, with the days they were reached."""
    states = scheme.life_cycle.states
    at = next((n for n, state in enumerate(states) if state.id == dossier.state), 0)
    made = []
    for n, state in enumerate(states):
        entered = _entered(dossier, state.id)
        under = entered.isoformat() if entered else ""
        if n == at and dossier.due_on:
            under = words("due by {day}", day=dossier.due_on.isoformat())
        made.append(TrackState(label(state.label), "past" if n < at else "now" if n == at else "come", under))
    return made


def _entered(dossier: Dossier, state: str) -> Day | None:
    """The day of the event that brought it into a state; an inspection, made while it is there, does not."""
    before = ("", *(change.state for change in dossier.history))
    into = [one for was, one in zip(before, dossier.history, strict=False) if one.state == state != was]
    return (into[-1].on or into[-1].at.astimezone(application().settings.zone).date()) if into else None


def state_name(dossier: Dossier, scheme: Scheme | None) -> str:
    states = scheme.life_cycle.states if scheme else ()
    return next((label(state.label) for state in states if state.id == dossier.state), dossier.state)
