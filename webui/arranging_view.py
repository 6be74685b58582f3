"""What the arranging screen shows: the pile with its proposals, volumes with their thickness, what the scheme says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.domain import arrangement, checklist
from archive.domain.arrangement import Proposal
from archive.domain.checklist import WantState
from archive.domain.document import Document
from archive.domain.dossier import Dossier, Volume
from archive.domain.query import Anything, Between
from archive.domain.scheme import Rule, Scheme
from archive.services import arranging, dossiers
from archive.services.arranging import Pile
from webui import dossiers_view
from webui.dossiers_view import Line
from webui.language import current_language, label, words
from webui.session import current_actor, ports

MOST_LOOSE = 5_000  # loose papers looked at for the list
MOST_DOSSIERS = 300


@dataclass(frozen=True, slots=True)
class ToArrange:
    """A dossier in the list: documents in no volume, volumes not fixed."""

    dossier: Dossier
    loose: int
    unfixed: int


@dataclass(frozen=True, slots=True)
class Tab:
    id: str
    label: str
    said: str
    now: bool
    is_empty: bool


@dataclass(frozen=True, slots=True)
class PileLine:
    """A loose document; `volume` where it is proposed (None: nowhere), `said` that in words."""

    document: Document
    volume: int | None
    said: str
    refused: bool


@dataclass(frozen=True, slots=True)
class ArrangedVolume:
    number: int
    title: str
    lines: Sequence[Line]
    pages: int
    sheets: int
    mm: int
    most_mm: int
    fixed: bool
    fixed_on: str

    @property
    def over(self) -> bool:
        return self.mm > self.most_mm


def to_arrange() -> list[ToArrange]:
    """The dossiers with loose papers, and of the newest ones those with volumes that are not fixed."""
    index, access = ports().index, current_actor().access
    loose = index.select(Document, Between("volume", 0, 0), access, order=("-id",), size=MOST_LOOSE).records
    paper = [read.record for read in loose if read.record.kept and not read.record.attachment]
    counted = Counter(document.dossier for document in paper if document.dossier)
    newest = index.select(Dossier, Anything(), access, order=("-number",), size=MOST_DOSSIERS).records
    found = {read.record.id: read.record for read in newest}
    more = index.get_many(Dossier, counted.keys() - found.keys()).values()
    found |= {read.record.id: read.record for read in more if access.allows(read.record.mark)}
    lines = [ToArrange(d, counted[d.id], sum(not v.is_fixed for v in d.volumes)) for d in found.values()]
    wanted = [line for line in lines if line.loose or line.unfixed]
    return sorted(wanted, key=lambda line: line.dossier.number, reverse=True)


def first_phase(dossier: Dossier) -> str:
    """The first phase with loose documents, else the first with an open volume, else the first with anything."""
    pile = arranging.pile(ports(), current_actor(), dossier.id)
    scheme = ports().schemes[dossier.scheme]
    order = [phase.id for phase in scheme.phases]
    if _is_one(dossier, pile):
        return ""
    loose = {document.phase for document, _ in pile.loose}
    open_ = {volume.phase for volume in dossier.volumes if not volume.is_fixed}
    some = {volume.phase for volume in dossier.volumes}
    return next((id for wanted in (loose, open_, some) for id in order if id in wanted), order[0] if order else "")


def _is_one(dossier: Dossier, pile: Pile) -> bool:
    """Whether the whole dossier is one volume, or is proposed so."""
    held = any(volume.phase is None for volume in dossier.volumes)
    return held or any(place.target.phase is None for _, place in pile.loose if place)


def board(dossier: Dossier, phase: str, chosen: int) -> dict[str, Any]:
    """Everything of the screen for one phase ("": the whole dossier)."""
    actor = current_actor()
    scheme = ports().schemes[dossier.scheme]
    known = {d.id: d for d in dossiers.documents_of(ports(), actor.access, dossier.id)}
    pile = arranging.pile(ports(), actor, dossier.id)
    one = _is_one(dossier, pile)
    mine = [(d, place) for d, place in pile.loose if d.id in known and (one or d.phase in (phase, ""))]
    volumes = [_volume(scheme, v, known) for v in dossier.volumes if one or v.phase == phase]
    here = next((v for v in volumes if v.number == chosen), volumes[-1] if volumes else None)
    fault = arranging.in_the_way(ports(), actor, dossier.id, here.number) if here and not here.fixed else None
    return {
        "dossier": dossier,
        "scheme": scheme,
        "phase": phase,
        "class_names": dossiers_view.class_names(dossier, scheme),
        "tabs": _tabs(dossier, scheme, pile, phase, one=one),
        "pile": [_pile_line(scheme, dossier, document, place) for document, place in mine],
        "coming_out": [document for document in pile.coming_out if document.id in known],
        "pile_pages": sum(len(document.pages) for document, _ in mine),
        "proposals": bool(pile.coming_out) or any(place for _, place in mine),
        "not_kept": [document for document in pile.not_kept if document.id in known],
        "volumes": volumes,
        "open_volumes": [volume for volume in volumes if not volume.fixed],
        "chosen": here.number if here else 0,
        "chosen_volume": here,
        "cannot_fix": fault.told_in(current_language()) if fault else "",
        "reasons": [(reason.zh, label(reason)) for reason in scheme.appraisal.reasons],
        "rules": _rules(scheme),
        "missing": _missing(scheme, dossier, known, phase, one=one),
        "blanks": _blanks(volumes),
    }


def _volume(scheme: Scheme, volume: Volume, known: Mapping[str, Document]) -> ArrangedVolume:
    rules = scheme.arrangement
    sheets = arrangement.sheets_of(rules, volume, dict(known))
    return ArrangedVolume(
        number=volume.number,
        title=volume.title,
        lines=[dossiers_view.line_of(item, known[item.document]) for item in volume.items if item.document in known],
        pages=sum(item.pages for item in volume.items),
        sheets=sheets,
        mm=round(sheets * rules.sheet_mm) or int(bool(sheets)),
        most_mm=round(rules.max_sheets * rules.sheet_mm),
        fixed=volume.is_fixed,
        fixed_on=f"{volume.fixed_at.astimezone(ports().clock.zone):%Y-%m-%d}" if volume.fixed_at else "",
    )


def _pile_line(scheme: Scheme, dossier: Dossier, document: Document, place: Proposal | None) -> PileLine:
    if place is None:
        return PileLine(document, None, words("Its phase is not settled: review it first"), refused=True)
    number = f"{place.volume:02d}"
    if place.late:
        return PileLine(document, place.volume, words("Late paper: to the end of vol. {n}", n=number), refused=False)
    if place.is_new or dossier.volume(place.volume) is None:
        said = words("Proposed: new vol. {n}, {title}", n=number, title=place.target.title)
    elif place.at == 1:
        said = words("Proposed: vol. {n}, first", n=number)
    else:
        said = words("Proposed: vol. {n}, after item {at}", n=number, at=f"{place.at - 1:02d}")
    return PileLine(document, place.volume, said, refused=False)


def _tabs(dossier: Dossier, scheme: Scheme, pile: Pile, now: str, *, one: bool) -> list[Tab]:
    if one:
        said = _said(dossier.volumes, len(pile.loose))
        return [Tab("", words("The whole dossier"), said, now=True, is_empty=not dossier.volumes)]
    tabs = []
    for phase in scheme.phases:
        volumes = [volume for volume in dossier.volumes if volume.phase == phase.id]
        loose = sum(document.phase == phase.id for document, _ in pile.loose)
        is_empty = not volumes and not loose
        tabs.append(Tab(phase.id, label(phase.label), _said(volumes, loose), now=phase.id == now, is_empty=is_empty))
    return tabs


def _said(volumes: Sequence[Volume], loose: int) -> str:
    """卷 01–02，已定卷；未入卷 6 件."""
    parts = []
    if volumes:
        first, last = f"{volumes[0].number:02d}", f"{volumes[-1].number:02d}"
        span = first if first == last else f"{first}–{last}"
        fixed = all(volume.is_fixed for volume in volumes)
        parts.append(words("vol. {span}, fixed", span=span) if fixed else words("vol. {span}", span=span))
    if loose:
        parts.append(words("{n} not in a volume", n=loose))
    return words("; #between").join(parts) if parts else words("nothing here yet")


def _rules(scheme: Scheme) -> list[Rule]:
    rules = scheme.arrangement
    found = [rules.order_rule, rules.rule, rules.phases_rule, rules.fixed_rule]
    return list({rule.id: rule for rule in found if rule}.values())


def _missing(scheme: Scheme, dossier: Dossier, known: Mapping[str, Document], phase: str, *, one: bool) -> list[str]:
    checked = checklist.check(scheme, dossier, known.values(), ports().clock.today())
    mine = [line for line in checked if one or line.want.phase == phase]
    return [label(name) for line in mine if line.state == WantState.MISSING for name in line.missing]


def _blanks(volumes: Sequence[ArrangedVolume]) -> list[str]:
    found = [(volume, line.document) for volume in volumes for line in volume.lines if line.document.blank]
    said = "Blank pages: vol. {n}, {title}, {pages}"
    return [
        words(said, n=f"{volume.number:02d}", title=document.title, pages=", ".join(map(str, document.blank)))
        for volume, document in found
    ]
