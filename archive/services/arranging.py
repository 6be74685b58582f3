"""Arranging (整理): documents into volumes, their order, page numbers, and fixing a volume, after which nothing shifts.

The dossier says what its volumes hold; documents and pages follow from it and can be written again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archive.domain import arrangement
from archive.domain import arrangement_rules as rules
from archive.domain.access import Access, Actor, Permission
from archive.domain.arrangement import Proposal
from archive.domain.document import Document, Review
from archive.domain.dossier import LATE, Dossier, Place, RemarkLine, Volume
from archive.domain.numbering import appended, numbered_pages
from archive.domain.scheme import Scheme
from archive.errors import ArchiveError, InvalidInput, NotFound, Refused
from archive.ports import Ports
from archive.services import audit, copies, dossiers, late_papers, placing
from archive.services.revising import revise

Known = dict[str, Document]


@dataclass(frozen=True, slots=True)
class Pile:
    """What is still to be arranged: loose documents with the place proposed for each (None: its phase is unknown),
    those appraised as not to be kept, and those that come out of a volume of all phases, since the dossier has grown
    too thick for one."""

    loose: Sequence[tuple[Document, Proposal | None]]
    not_kept: Sequence[Document]
    coming_out: Sequence[Document] = ()


def pile(ports: Ports, actor: Actor, id: str) -> Pile:
    """The papers of a dossier that are in no volume. Raises NotFound, Forbidden."""
    actor.must(Permission.ARRANGE)
    dossier, scheme, known = _context(ports, actor, id)
    places = {one.document: one for one in arrangement.propose(scheme, dossier, known.values())}
    loose = [one for one in known.values() if arrangement.is_loose(dossier, one)]
    order = list(places)
    loose.sort(key=lambda one: order.index(one.id) if one.id in places else len(order))
    return Pile(
        [(one, places.get(one.id)) for one in loose],
        [one for one in known.values() if not one.kept],
        _coming_out(dossier, arrangement.laid_apart(scheme, dossier, known), known),
    )


def _coming_out(before: Dossier, after: Dossier, known: Known) -> list[Document]:
    """The documents that a volume holds before and none does after."""
    return [one for one in known.values() if before.holding(one.id) and not after.holding(one.id)]


def _context(ports: Ports, actor: Actor, id: str) -> tuple[Dossier, Scheme, Known]:
    dossier = _seen(ports, actor, id)
    documents = dossiers.documents_of(ports, Access.whole_archive(), id)
    return dossier, ports.schemes[dossier.scheme], {document.id: document for document in documents}


def _seen(ports: Ports, actor: Actor, id: str) -> Dossier:
    actor.must(Permission.ARRANGE)
    return dossiers.dossier_at(ports, actor, id)


# --- into volumes -------------------------------------------------------------------------------------------------


def as_proposed(ports: Ports, actor: Actor, id: str, documents: Sequence[str] | None = None) -> Dossier:
    """Puts loose documents (these, or all) that may be seen where they are proposed, and with them what comes out of a
    volume of all phases, which may be seen or not. Raises NotFound, Forbidden, Refused."""
    dossier, scheme, known = _context(ports, actor, id)
    apart = arrangement.laid_apart(scheme, dossier, known)
    out = [one.id for one in _coming_out(dossier, apart, known)]
    wanted = [
        one
        for one in arrangement.propose(scheme, dossier, known.values())
        if one.document in out
        or (actor.access.allows(known[one.document].mark) and (documents is None or one.document in documents))
    ]
    if wanted and apart != dossier:
        dossier = _lay_apart(ports, actor, id)
    made = {volume.number: volume.number for volume in dossier.volumes}  # as proposed, and as it came to be
    whole = replace(actor, access=Access.whole_archive())
    for place in wanted:
        if place.late:
            dossier = _append_late(ports, actor, id, place.document, place.volume)
            continue
        by = whole if place.document in out else actor
        dossier = _put(ports, by, id, place.document, made.get(place.volume), None)
        held = dossier.holding(place.document)
        if held is not None:
            made[place.volume] = held.number
    return dossier


def _lay_apart(ports: Ports, actor: Actor, id: str) -> Dossier:
    def change(dossier: Dossier, scheme: Scheme, known: Known) -> tuple[Dossier, dict[str, Any]]:
        apart = arrangement.laid_apart(scheme, dossier, known)
        return apart, {"documents": [one.id for one in _coming_out(dossier, apart, known)]}

    return _change(ports, actor, id, "part", change)


def put(ports: Ports, actor: Actor, id: str, document: str, volume: int | None, at: int | None = None) -> Dossier:
    """Puts a document into a volume (None: a new one) at a place from 1 (None: where it reads); moves it where it is
    in one already. Into a fixed volume it goes as a late paper, at the end. Raises NotFound, Forbidden, Refused."""
    dossier = _seen(ports, actor, id)
    target = dossier.volume(volume) if volume is not None else None
    if volume is not None and target is None:
        raise InvalidInput("volume_unknown", field="volume", number=volume)
    if target is not None and target.is_fixed:
        return _append_late(ports, actor, id, document, target.number)
    return _put(ports, actor, id, document, volume, at)


def _put(ports: Ports, actor: Actor, id: str, document: str, volume: int | None, at: int | None) -> Dossier:
    def change(dossier: Dossier, scheme: Scheme, known: Known) -> tuple[Dossier, dict[str, Any]]:
        paper = _to_arrange(actor, known, document)
        volumes, number = _with_target(scheme, dossier, paper, volume, known)
        volumes = rules.out_of_others(scheme, volumes, number, document)
        target = next((one for one in volumes if one.number == number), None)
        if target is None:  # gone since it was chosen
            raise InvalidInput("volume_unknown", field="volume", number=number)
        rules.check_phase(scheme, volumes, target, paper, known)
        place = at or arrangement.place_of(scheme, arrangement.without(target, document), paper, known)
        filled = arrangement.inserted(target, paper, place)
        if at:
            rules.check_order(scheme, filled, paper, known)
        volumes = arrangement.replaced(volumes, filled)
        return dossier.model_copy(update={"volumes": volumes}), {"document": document, "volume": number}

    return _change(ports, actor, id, "put", change)


def _with_target(
    scheme: Scheme, dossier: Dossier, paper: Document, volume: int | None, known: Known
) -> tuple[tuple[Volume, ...], int]:
    """The volumes with the one that is wanted: that of this number, else a new one of the kind the paper belongs to.
    Where there are others, an open one of all phases is parted."""
    if volume is not None:
        return dossier.volumes, volume
    volumes = arrangement.parted(scheme, dossier.volumes, known) if scheme.arrangement.phases_apart else dossier.volumes
    made = arrangement.new_volume(volumes, arrangement.target_of(scheme, dossier, paper, known))
    return (*volumes, made), made.number


def _paper(actor: Actor, known: Known, document: str) -> Document:
    if document not in known or not actor.access.allows(known[document].mark):
        raise NotFound("not_found", what=document)
    return known[document]


def _to_arrange(actor: Actor, known: Known, document: str) -> Document:
    paper = _paper(actor, known, document)
    if paper.attachment or not paper.kept:
        raise _not_arranged(paper)
    return paper


def _not_arranged(paper: Document) -> Refused:
    return Refused("document_not_arranged", title=paper.title or paper.file_name)


def take_out(ports: Ports, actor: Actor, id: str, document: str) -> Dossier:
    """Takes a document out of its open volume; an empty last volume goes. Raises Refused where that is fixed or there
    is none, NotFound, Forbidden."""

    def change(dossier: Dossier, scheme: Scheme, known: Known) -> tuple[Dossier, dict[str, Any]]:
        paper = ports.index.get(Document, document).record
        held = dossier.holding(document)
        if not actor.access.allows(paper.mark):
            raise NotFound("not_found", what=document)
        if held is None:
            raise Refused("document_in_no_volume", title=paper.title or paper.file_name)
        volumes = rules.taken_out(scheme, dossier.volumes, held, document)
        while volumes and not volumes[-1].items and not volumes[-1].is_fixed:
            volumes = volumes[:-1]
        return dossier.model_copy(update={"volumes": volumes}), {"document": document, "volume": held.number}

    return _change(ports, actor, id, "take_out", change)


def _append_late(ports: Ports, actor: Actor, id: str, document: str, number: int) -> Dossier:
    """A late paper (补件) at the end of a fixed volume, entered on its remarks sheet. What is recorded of the original
    comes first: where it is not on the shelf nothing can be put into it, and nobody lends it in between. Whoever is
    stopped after that leaves a paper counted that the volume does not hold; put in again, it is counted once."""
    dossier, scheme, known = _context(ports, actor, id)
    pages = arrangement.numbered_pages_of(_paper(actor, known, document))
    sheets = -(-pages // scheme.arrangement.pages_per_sheet)

    def change(dossier: Dossier, scheme: Scheme, known: Known) -> tuple[Dossier, dict[str, Any]]:
        paper = _late_paper(actor, known, document)
        volumes = rules.out_of_others(scheme, dossier.volumes, number, document)
        volume = next((one for one in volumes if one.number == number), None)
        if volume is None or not volume.is_fixed or any(item.document == document for item in volume.items):
            raise _not_arranged(paper)
        rules.check_phase(scheme, volumes, volume, paper, known)
        rules.check_thickness(scheme, volume, sheets, known)
        line = RemarkLine(at=ports.clock.now(), by=actor.login, document=document, pages=pages)
        late = appended(volume, document, pages, LATE).model_copy(
            update={"sheets": volume.sheets + sheets, "remarks": (*volume.remarks, line)}
        )
        return dossier.model_copy(update={"volumes": arrangement.replaced(volumes, late)}), {
            "document": document,
            "volume": number,
        }

    change(dossier, scheme, known)  # what the volume refuses is refused before the copy is written
    added = late_papers.Addition(document, sheets, pages)
    is_mine = late_papers.add(ports, actor, dossier, number, added)
    try:
        made = _change(ports, actor, id, "add_late", change)
    except ArchiveError:
        if is_mine:
            late_papers.leave_out(ports, actor, dossier, number, added)
        raise
    late_papers.confirm(ports, actor, dossier, number, added)
    copies.keep_in_step_with(ports, ports.index.get(Document, document).record)
    return made


def _late_paper(actor: Actor, known: Known, document: str) -> Document:
    """A paper that may go into a fixed volume, where nothing is put right any more by moving it."""
    paper = _to_arrange(actor, known, document)
    if paper.review == Review.WAITING:
        raise Refused("document_unreviewed", title=paper.title or paper.file_name)
    return paper


# --- numbering, fixing --------------------------------------------------------------------------------------------


def number_pages(ports: Ports, actor: Actor, id: str, volume: int) -> Dossier:
    """Numbers the pages (编页号) of an open volume from 1. Raises Refused, NotFound, Forbidden."""
    return _of_volume(
        ports, actor, id, volume, "number_pages", lambda v: v.model_copy(update={"items": numbered_pages(v.items)})
    )


def rename(ports: Ports, actor: Actor, id: str, volume: int, title: str) -> Dossier:
    """Gives an open volume another title. Raises InvalidInput, Refused, NotFound, Forbidden."""
    if not title.strip():
        raise InvalidInput("volume_title_needed", field="title")
    return _of_volume(
        ports, actor, id, volume, "rename_volume", lambda v: v.model_copy(update={"title": title.strip()})
    )


def remark(ports: Ports, actor: Actor, id: str, volume: int, text: str) -> Dossier:
    """Enters a line on a volume's remarks sheet (卷内备考表), fixed or not. Raises InvalidInput, NotFound."""
    if not text.strip():
        raise InvalidInput("what_needed", field="text")
    line = RemarkLine(at=ports.clock.now(), by=actor.login, text=text.strip()[:500])

    def add(one: Volume) -> Volume:
        return one.model_copy(update={"remarks": (*one.remarks, line)})

    return _of_volume(ports, actor, id, volume, "remark", add, fixed_too=True)


def fix(ports: Ports, actor: Actor, id: str, volume: int, *, sheets: int, place: Place) -> Dossier:
    """Fixes a volume (定卷) with its sheets as counted and its place; its original is registered. From then on its
    numbers never shift. Raises Refused with what is in the way, InvalidInput, NotFound, Forbidden."""
    if sheets <= 0:
        raise InvalidInput("sheets_needed", field="sheets")
    if not str(place).strip():
        raise InvalidInput("place_needed", field="place")

    def change(dossier: Dossier, scheme: Scheme, known: Known) -> tuple[Dossier, dict[str, Any]]:
        one = _open_volume(scheme, dossier, volume)
        counted = one.model_copy(update={"sheets": sheets})
        fault = rules.in_the_way(actor.access, scheme, dossier, counted, known)
        if fault is not None:
            raise fault
        update = {"sheets": sheets, "place": place, "fixed_at": ports.clock.now(), "fixed_by": actor.login}
        fixed = one.model_copy(update=update)
        return dossier.model_copy(update={"volumes": arrangement.replaced(dossier.volumes, fixed)}), {
            "volume": volume,
            "sheets": sheets,
        }

    made = _change(ports, actor, id, "fix", change)
    copies.register_originals(ports, actor, id)
    ports.index.refresh(max((read.seq for read in _copies(ports, id)), default=0))
    return made


def _copies(ports: Ports, id: str) -> Sequence[Any]:
    from archive.domain.copy import Copy

    codes = [copy.id for copy in copies.copies_of(ports, Access.whole_archive(), id)]
    return list(ports.index.get_many(Copy, codes).values())


def in_the_way(ports: Ports, actor: Actor, id: str, volume: int) -> ArchiveError | None:
    """Why a volume cannot be fixed now; None where it can."""
    dossier, scheme, known = _context(ports, actor, id)
    one = dossier.volume(volume)
    if one is None or one.is_fixed:
        return None
    return rules.in_the_way(actor.access, scheme, dossier, one, known)


def _open_volume(scheme: Scheme, dossier: Dossier, number: int) -> Volume:
    found = dossier.volume(number)
    if found is None:
        raise InvalidInput("volume_unknown", field="volume", number=number)
    if found.is_fixed:
        raise rules.refused("volume_fixed", scheme.arrangement.fixed_rule, volume=f"{number:02d}")
    return found


def _of_volume(
    ports: Ports, actor: Actor, id: str, number: int, action: str, made: Callable[[Volume], Volume], *,
    fixed_too: bool = False,
) -> Dossier:  # fmt: skip
    def change(dossier: Dossier, scheme: Scheme, known: Known) -> tuple[Dossier, dict[str, Any]]:
        found = dossier.volume(number)
        one = found if fixed_too and found else _open_volume(scheme, dossier, number)
        return dossier.model_copy(update={"volumes": arrangement.replaced(dossier.volumes, made(one))}), {
            "volume": number
        }

    return _change(ports, actor, id, action, change)


def mark_blank(ports: Ports, actor: Actor, document: str, page: int, *, blank: bool) -> Document:
    """Says that a page of a document is blank (空白页), and so gets no number, or that it is not. In an open volume
    its pages have to be numbered anew. Raises NotFound, Forbidden, Refused where the volume is fixed."""
    actor.must(Permission.ARRANGE)
    paper = ports.index.get(Document, document).record
    if not actor.access.allows(paper.mark) or page not in [one.number for one in paper.pages]:
        raise NotFound("not_found", what=f"{document}-{page}")
    dossier = ports.index.get(Dossier, paper.dossier).record if paper.dossier else None
    held = dossier.holding(document) if dossier else None
    if dossier is not None and held is not None:
        _open_volume(ports.schemes[dossier.scheme], dossier, held.number)

    def change(one: Document) -> Document:
        pages = {*one.blank, page} if blank else {*one.blank} - {page}
        last = audit.event(ports, actor, "blank" if blank else "not_blank", page=page)
        return one.model_copy(update={"blank": tuple(sorted(pages)), "blank_said": True, "last": last})

    written = revise(ports, Document, document, change)
    if dossier is not None and held is not None:
        _of_volume(
            ports, actor, dossier.id, held.number, "count_pages",
            lambda v: arrangement.counted_anew(v, ports.index.get(Document, document).record),
        )  # fmt: skip
    ports.index.refresh(written.seq)
    return written.record


# --- writing ------------------------------------------------------------------------------------------------------

Change = Callable[[Dossier, Scheme, Known], tuple[Dossier, dict[str, Any]]]


def _change(ports: Ports, actor: Actor, id: str, action: str, change: Change) -> Dossier:
    """One act on a dossier's volumes, decided anew where somebody was quicker, on its papers as they are then;
    documents and pages follow."""

    def decided(dossier: Dossier) -> Dossier:
        _, scheme, known = _context(ports, actor, id)
        changed, told = change(dossier, scheme, known)
        return changed.model_copy(update={"last": audit.event(ports, actor, action, **told)})

    written = revise(ports, Dossier, id, decided)
    seq = follow(ports, actor, written.record)
    ports.index.refresh(max(seq, written.seq))
    return written.record


def follow(ports: Ports, actor: Actor, dossier: Dossier) -> int:
    """Writes into the documents of a dossier, and into their pages, which volume and item they are; the seq of the
    last write."""
    return max(placing.place(ports, actor, dossier), default=0)
