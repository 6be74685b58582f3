"""How documents go into volumes: which volume is proposed for a document, where in it, and what a volume holds. Pure.

Proposals fill volumes that are open; a fixed volume keeps its numbers, a late paper goes to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.domain.document import Document
from archive.domain.dossier import Dossier, Volume, VolumeItem
from archive.domain.numbering import next_volume, numbered_items
from archive.domain.scheme import Arrangement, Scheme, VolumeGroup

ONE = "全部文件"  # title of the volume that is the whole dossier


@dataclass(frozen=True, slots=True)
class Target:
    """The volume a document belongs to: its group, phase (None: the whole dossier is one volume) and title."""

    group: str
    phase: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a document is proposed: number of the volume (a new one where `is_new`), its place in it from 1.
    `late`: to the end of a fixed volume."""

    document: str
    volume: int
    at: int
    target: Target
    is_new: bool = False
    late: bool = False


def numbered_pages_of(document: Document) -> int:
    """How many pages of it get a number: blank ones get none."""
    return len(document.pages) - len(document.blank)


def sheets_of(rules: Arrangement, volume: Volume, known: Mapping[str, Document]) -> int:
    """Its sheets as counted, else estimated from its pages."""
    if volume.sheets:
        return volume.sheets
    pages = sum(len(known[item.document].pages) if item.document in known else item.pages for item in volume.items)
    return -(-pages // rules.pages_per_sheet)


def is_loose(dossier: Dossier, document: Document) -> bool:
    """Whether it is paper that belongs into a volume and is in none."""
    return document.kept and not document.attachment and dossier.holding(document.id) is None


def propose(scheme: Scheme, dossier: Dossier, documents: Iterable[Document]) -> list[Proposal]:
    """A place for every loose document whose phase is known, in the order they would be put there; also for those
    that come out of a volume of several phases (see `laid_apart`)."""
    known = {document.id: document for document in documents}
    dossier = laid_apart(scheme, dossier, known)
    loose = [one for one in known.values() if is_loose(dossier, one) and (one.phase or dossier.one_volume)]
    whole = is_one_volume(scheme.arrangement, dossier, known)
    draft = list(dossier.volumes)
    found: list[Proposal] = []
    for document in sorted(loose, key=lambda one: _reading_key(scheme, one)):
        target = _target(scheme, dossier, document, whole=whole)
        found.append(_placed(scheme, draft, document, target, known))
    return found


# --- one volume, or one for each phase ----------------------------------------------------------------------------


def is_one_volume(rules: Arrangement, dossier: Dossier, known: Mapping[str, Document]) -> bool:
    """Whether the whole dossier is one volume, what is loose too: it is thin, or the one volume it has is of all phases
    and holds the rest as well."""
    loose = sum(_sheets(rules, one) for one in known.values() if is_loose(dossier, one))
    filled = [volume for volume in dossier.volumes if volume.items]
    if filled:
        (first, *others) = filled
        return first.phase is None and not others and sheets_of(rules, first, known) + loose <= rules.max_sheets
    return dossier.one_volume or 0 < loose <= rules.one_volume_sheets


def _sheets(rules: Arrangement, document: Document) -> int:
    return -(-len(document.pages) // rules.pages_per_sheet)


def laid_apart(scheme: Scheme, dossier: Dossier, known: Mapping[str, Document]) -> Dossier:
    """The dossier as it is, or where it is not one volume any more, with its open volumes of all phases parted."""
    rules = scheme.arrangement
    if not rules.phases_apart or is_one_volume(rules, dossier, known):
        return dossier
    return dossier.model_copy(update={"volumes": parted(scheme, dossier.volumes, known)})


def parted(scheme: Scheme, volumes: Sequence[Volume], known: Mapping[str, Document]) -> tuple[Volume, ...]:
    """The volumes, each open one of all phases made one of its first paper's kind: the other papers come out."""
    return tuple(volume if volume.is_fixed else _of_one_kind(scheme, volume, known) for volume in volumes)


def _of_one_kind(scheme: Scheme, volume: Volume, known: Mapping[str, Document]) -> Volume:
    held = [known[item.document] for item in volume.items if item.document in known]
    kinds = {document.id: _by_phase(scheme, document) for document in held if document.phase}
    if volume.phase is not None or not kinds:
        return volume
    kind = next(iter(kinds.values()))
    kept = [item for item in volume.items if kinds.get(item.document) == kind]
    named = {"title": kind.title, "phase": kind.phase, "group": kind.group}
    return with_items(volume.model_copy(update=named), kept)


def phases_in(volume: Volume, known: Mapping[str, Document]) -> set[str]:
    """The phases of the documents that a volume holds."""
    return {known[item.document].phase for item in volume.items if item.document in known}


def stands_by_phase(scheme: Scheme, volume: Volume, document: str, known: Mapping[str, Document]) -> bool:
    """Whether a document stands between papers of no later and no earlier phase than its own."""
    phases = [phase.id for phase in scheme.phases]
    held = [known[item.document] for item in volume.items if item.document in known]
    ranks = [phases.index(one.phase) if one.phase in phases else len(phases) for one in held]
    at = [one.id for one in held].index(document)
    around = ranks[max(0, at - 1) : at + 2]
    return around == sorted(around)


def target_of(scheme: Scheme, dossier: Dossier, document: Document, known: Mapping[str, Document]) -> Target:
    """The new volume that a document would open."""
    filled = any(volume.items for volume in dossier.volumes)
    return _target(scheme, dossier, document, whole=not filled and is_one_volume(scheme.arrangement, dossier, known))


def new_volume(volumes: Sequence[Volume], target: Target) -> Volume:
    """An empty volume after these; a supplementary one where those of its kind are fixed."""
    mine = [volume for volume in volumes if _fits(volume, target) or volume.phase is None]
    supplement = next((volume.number for volume in reversed(mine) if volume.is_fixed), None)
    return Volume(
        number=next_volume(volumes),
        title=target.title,
        phase=target.phase,
        group=target.group,
        supplement_to=supplement,
    )


def _target(scheme: Scheme, dossier: Dossier, document: Document, *, whole: bool) -> Target:
    if whole:
        return Target("", None, ONE)
    if any(volume.is_fixed and volume.phase is None for volume in dossier.volumes):
        return _of_phase(scheme, document)  # supplementary volumes, one for each phase
    return _by_phase(scheme, document)


def _of_phase(scheme: Scheme, document: Document) -> Target:
    phase = scheme.phase(document.phase)
    return Target("", document.phase, phase.label.zh if phase else document.phase)


def _by_phase(scheme: Scheme, document: Document) -> Target:
    """The volume of its group, else of its phase."""
    group = group_of(scheme.arrangement, document)
    if group is None:
        return _of_phase(scheme, document)
    apart = [_apart_name(scheme, document, name) for name in group.apart]
    return Target(group.id, group.phase, " ".join([group.label.zh, *filter(None, apart)]))


def group_of(rules: Arrangement, document: Document) -> VolumeGroup | None:
    """The scheme's group of this document, if it names one."""
    mine = [group for group in rules.groups if group.phase == document.phase]
    return next((group for group in mine if document.type in group.types), None)


def _apart_name(scheme: Scheme, document: Document, name: str) -> str:
    value = str(getattr(document, name))
    specialty = scheme.specialty(value) if name == "specialty" else None
    return specialty.label.zh if specialty else value


def _placed(
    scheme: Scheme, draft: list[Volume], document: Document, target: Target, known: Mapping[str, Document]
) -> Proposal:
    """Puts the document into the draft and says where."""
    rules = scheme.arrangement
    mine = [(n, v) for n, v in enumerate(draft) if _fits(v, target)]
    room = [(n, v) for n, v in mine if not v.is_fixed and _has_room(rules, v, document, known)]
    if not room and target.phase is None and any(v.is_fixed for _, v in mine):
        return Proposal(document.id, mine[-1][1].number, len(mine[-1][1].items) + 1, target, late=True)
    if not room:
        volume = new_volume(draft, target)
        draft.append(inserted(volume, document, 1))
        return Proposal(document.id, volume.number, 1, target, is_new=True)
    n, volume = room[-1]
    at = place_of(scheme, volume, document, known)
    draft[n] = inserted(volume, document, at)
    return Proposal(document.id, volume.number, at, target)


def _fits(volume: Volume, target: Target) -> bool:
    return volume.phase == target.phase and (volume.group, volume.title) == (target.group, target.title)


def _has_room(rules: Arrangement, volume: Volume, document: Document, known: Mapping[str, Document]) -> bool:
    return not volume.items or sheets_of(rules, volume, known) + _sheets(rules, document) <= rules.max_sheets


def place_of(scheme: Scheme, volume: Volume, document: Document, known: Mapping[str, Document]) -> int:
    """Its place among the items, from 1: before the first that reads after it."""
    key = _reading_key(scheme, document)
    for n, item in enumerate(volume.items, start=1):
        if item.document in known and _reading_key(scheme, known[item.document]) > key:
            return n
    return len(volume.items) + 1


def _reading_key(scheme: Scheme, document: Document) -> tuple[Any, ...]:
    """The order documents are read in: by phase and group, text before drawings, then as the group says."""
    rules = scheme.arrangement
    phases = [phase.id for phase in scheme.phases]
    group = group_of(rules, document)
    type_ = scheme.type(document.type)
    within = [_sort_value(scheme, group, document, name) for name in (group.order if group else ("time",))]
    return (
        phases.index(document.phase) if document.phase in phases else len(phases),
        rules.groups.index(group) if group else len(rules.groups),
        bool(type_ and type_.drawing),
        *within,
        document.date or date.max,
        document.number,
        document.id,
    )


def _sort_value(scheme: Scheme, group: VolumeGroup | None, document: Document, name: str) -> Any:
    if name == "type":
        types = group.types if group else ()
        return types.index(document.type) if document.type in types else len(types)
    if name == "specialty":
        ids = [specialty.id for specialty in scheme.specialties]
        return ids.index(document.specialty) if document.specialty in ids else len(ids)
    if name == "time":
        return document.date or date.max
    return str(getattr(document, name))


def _item(document: Document) -> VolumeItem:
    return VolumeItem(document=document.id, item=1, pages=numbered_pages_of(document))


def inserted(volume: Volume, document: Document, at: int) -> Volume:
    """The open volume with the document at this place (from 1); numbers follow, page numbers are taken off."""
    items = [item for item in volume.items if item.document != document.id]
    items.insert(max(0, min(at - 1, len(items))), _item(document))
    return with_items(volume, items)


def without(volume: Volume, document: str) -> Volume:
    """The open volume without a document."""
    return with_items(volume, [item for item in volume.items if item.document != document])


def counted_anew(volume: Volume, document: Document) -> Volume:
    """The open volume with the pages a document of it has now, each paper in its place; page numbers are taken off."""
    if not any(item.document == document.id for item in volume.items):
        return volume
    pages = {"pages": numbered_pages_of(document)}
    items = [item.model_copy(update=pages) if item.document == document.id else item for item in volume.items]
    return with_items(volume, items)


def with_items(volume: Volume, items: Sequence[VolumeItem]) -> Volume:
    numbered = numbered_items(items)
    return volume.model_copy(update={"items": numbered, "pages": sum(item.pages for item in numbered)})


def replaced(volumes: Sequence[Volume], one: Volume) -> tuple[Volume, ...]:
    """The volumes with this one in place of that of its number."""
    return tuple(one if volume.number == one.number else volume for volume in volumes)
