"""Filing documents as a person says: what they are, which dossier they belong to, and their pages' records in step
with that. What is found out without a person: `archive.services.classifying`.

Decides nothing about volumes (see `archive.services.arranging`) except that a fixed one is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as Day
from typing import Any, Literal

from archive.domain.access import Actor, Permission
from archive.domain.arrangement_rules import refused
from archive.domain.document import Document, Guess, Page, PageState, Review, ReviewedFrom
from archive.domain.dossier import Dossier, Volume
from archive.domain.guessing import BY_SCHEME, PERSON, phase_with
from archive.domain.ids import DocumentId, page_id
from archive.domain.page_facts import PageFacts
from archive.domain.page_filing import denormalised, filed_page, mark_of
from archive.domain.query import Both, Is
from archive.domain.record import Versioned
from archive.domain.scheme import Scheme
from archive.errors import InvalidInput, NotFound, Refused
from archive.ports import Listing, Ports
from archive.services import audit, copies, page_reading
from archive.services.revising import revise

AT_ONCE = 50  # page records written in one transaction

# --- pages -------------------------------------------------------------------------------------------------------


def write_page(ports: Ports, document_id: str, facts: PageFacts) -> int:
    """Writes the record of a page that has just been read (its facts are kept already); the seq of the write."""
    read = ports.index.get(Document, document_id)
    filing = denormalised(read.record, read.revision, *context_of(ports, read.record))
    return ports.index.put([filed_page(facts, _text(ports, facts), filing)])


def refile_pages(ports: Ports, document: Versioned[Document]) -> int:
    """Writes the records of all pages read so far with the document's filing as it is; the seq of the last write,
    0 where there was none. Once more where its dossier was changed meanwhile: those who changed it may have been
    quicker, and the pages carry what it says."""
    context = context_of(ports, document.record)
    filing = denormalised(document.record, document.revision, *context)
    numbers = [page.number for page in document.record.pages]
    seq = 0
    for at in range(0, len(numbers), AT_ONCE):
        seq = _refile(ports, document.record.id, numbers[at : at + AT_ONCE], filing) or seq
    return seq if context_of(ports, document.record) == context else refile_pages(ports, document)


def _refile(ports: Ports, document: str, numbers: Sequence[int], filing: Mapping[str, Any]) -> int:
    ids = {number: page_id(DocumentId(document), number) for number in numbers}
    there = ports.index.get_many(Page, ids.values())
    facts = known_facts(ports, document, numbers)
    pages = [
        page_record(ports, known, there[ids[n]].record if ids[n] in there else None, filing)
        for n, known in facts.items()
    ]
    seq = ports.index.put(pages) if pages else 0
    unread = [n for n, known in facts.items() if known.state != PageState.READ]
    late = {n for n, known in known_facts(ports, document, unread).items() if known != facts[n]}
    return _refile(ports, document, sorted(late), filing) if late else seq  # read while this was written


def page_record(ports: Ports, facts: PageFacts, previous: Page | None, filing: Mapping[str, Any]) -> Page:
    """The record of one page. `previous` gives the text where the reading is the same, and keeps a page waiting that
    is to be read again."""
    if previous is not None and facts.state != PageState.READ:
        return previous.model_copy(update=dict(filing))
    if previous is not None and previous.reading == facts.reading and previous.state == facts.state:
        return filed_page(facts, previous.text, dict(filing))
    return filed_page(facts, _text(ports, facts), dict(filing))


def known_facts(ports: Ports, document: str, numbers: Sequence[int]) -> dict[int, PageFacts]:
    """What was read of these pages, as far as they are read."""
    found = {}
    for number in numbers:
        try:
            found[number] = page_reading.facts_of(ports, document, number)
        except NotFound:
            continue  # not read yet: written with its filing when it is
    return found


def _text(ports: Ports, facts: PageFacts) -> str:
    return page_reading.load(ports, facts.reading).text if facts.reading else ""


def context_of(ports: Ports, document: Document) -> tuple[Dossier | None, Scheme | None]:
    """The dossier a document is in and its scheme, both as they are now."""
    dossier = ports.index.get(Dossier, document.dossier).record if document.dossier else None
    return dossier, ports.schemes.get(dossier.scheme if dossier else document.scheme)


# --- by a person -------------------------------------------------------------------------------------------------


def file_document(
    ports: Ports,
    actor: Actor,
    document_id: str,
    *,
    dossier: str | None = None,
    phase: str | None = None,
    type: str | None = None,
    title: str | None = None,
    date: Day | None | Literal["keep"] = "keep",
    number: str | None = None,
    party: str | None = None,
    specialty: str | None = None,
    building: str | None = None,
    part: str | None = None,
    level: str | None = None,
    unsigned: Sequence[str] | None = None,
    late: bool = False,
) -> Versioned[Document]:
    """Files a document as a person says and ends its review; None leaves a field as it is. `dossier` is an id;
    `unsigned` names the parties whose signature it lacks; `late` agrees that it comes as a late paper (补件). Another
    type brings its phase with it, unless a person has said the phase; with another phase it leaves its volume.

    Raises NotFound, Forbidden, InvalidInput (unknown phase, type, …), Refused (volumes are fixed).
    """
    actor.must(Permission.FILE)
    texts = {"phase": phase, "type": type, "title": title, "number": number, "party": party, "level": level}
    texts |= {"specialty": specialty, "building": building, "part": part, "dossier": dossier}
    given: dict[str, Any] = {name: value.strip() for name, value in texts.items() if value is not None}
    if date != "keep":
        given["date"] = date
    if unsigned is not None:
        given["unsigned"] = tuple(unsigned)
    before = ports.index.get(Document, document_id).record
    place = {"volume": before.volume, "item": before.item}
    wanted = _filed(ports, actor, before, given, place, late=late)  # what refuses does so before anything is written
    _leave_volume(ports, actor, before, wanted)
    filed = revise(ports, Document, document_id, lambda d: _filed(ports, actor, d, given, place, late=late))
    seq = refile_pages(ports, filed)
    copies.keep_in_step_with(ports, filed.record)
    ports.index.refresh(max(seq, filed.seq))
    return filed


def _filed(
    ports: Ports, actor: Actor, document: Document, given: Mapping[str, Any], place: Mapping[str, int], *, late: bool
) -> Document:
    _check_seen(actor, document)
    changed = document.model_copy(update=dict(given))
    dossier = _target(ports, actor, changed)
    scheme = ports.schemes[dossier.scheme]
    changed = _with_phase(document, changed, given, scheme)
    _check_names(changed, scheme)
    _check_leaves(ports, document, changed, given)
    changed = _as_late(document, changed, dossier, scheme, late=late)
    told = {name: _written(value) for name, value in given.items()}
    return changed.model_copy(
        update={
            "scheme": scheme.id,
            "mark": mark_of(changed, dossier, scheme),
            "guesses": _said(changed, given),
            "review": Review.DONE.value,
            "review_because": (),
            "reviewed_from": _as_it_stood(document, place),
            "last": audit.event(ports, actor, "file", into=dossier.number, **told),
        }
    )


def _as_it_stood(document: Document, place: Mapping[str, int]) -> ReviewedFrom | None:
    if document.review != Review.WAITING:
        return None
    kept = {name: getattr(document, name) for name in ReviewedFrom.model_fields if name not in ("volume", "item")}
    return ReviewedFrom.model_validate({**kept, **place})


def _check_seen(actor: Actor, document: Document) -> None:
    if not actor.access.allows(document.mark):
        raise NotFound("not_found", what=document.id)


def _target(ports: Ports, actor: Actor, document: Document) -> Dossier:
    if not document.dossier:
        raise InvalidInput("filing_needs_dossier", field="dossier")
    dossier = ports.index.get(Dossier, document.dossier).record
    if not actor.access.allows(dossier.mark):
        raise NotFound("not_found", what=document.dossier)
    return dossier


def _with_phase(before: Document, after: Document, given: Mapping[str, Any], scheme: Scheme) -> Document:
    """Another type without a phase said brings its own phase."""
    type_ = scheme.type(after.type)
    if type_ is None or "phase" in given or (after.phase and after.type == before.type):
        return after
    return after.model_copy(update={"phase": phase_with(before, type_, scheme)})


def _check_names(document: Document, scheme: Scheme) -> None:
    known: dict[str, list[str]] = {
        "type": [t.id for t in scheme.types],
        "phase": [p.id for p in scheme.phases],
        "specialty": ["", *(s.id for s in scheme.specialties)],
        "level": ["", *(level.id for level in scheme.levels)],
    }
    for name, names in known.items():
        value = getattr(document, name)
        if value not in names:
            raise InvalidInput("filing_unknown", field=name, value=value, known=", ".join(filter(None, names)))
    for party in document.unsigned:
        if party not in [p.id for p in scheme.parties]:
            raise InvalidInput("filing_unknown", field="unsigned", value=party, known=_ids(scheme.parties))


def _ids(parts: Sequence[Any]) -> str:
    return ", ".join(part.id for part in parts)


def _as_late(before: Document, after: Document, dossier: Dossier, scheme: Scheme, *, late: bool) -> Document:
    """A document that comes newly to a dossier or phase with fixed volumes is a late paper, and must be said so."""
    moves = _moves(before, after)
    if after.volume and not moves:
        return after
    fixed = [volume.number for volume in dossier.volumes if volume.is_fixed and volume.phase in (None, after.phase)]
    if not fixed or not (moves or before.late):
        return after.model_copy(update={"late": False})
    if not (late or before.late):
        numbers = ", ".join(f"{n:02d}" for n in fixed)
        raise refused("volumes_fixed", scheme.arrangement.fixed_rule, number=dossier.number, volumes=numbers)
    return after.model_copy(update={"late": True})


def _written(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _said(document: Document, given: Mapping[str, Any]) -> dict[str, Guess]:
    """The guesses with a person's word in place of those that were changed, or let stand."""
    said = {name: Guess(value=_written(value), confidence=1.0, source=PERSON) for name, value in given.items() if value}
    stood = {name: _standing(guess) for name, guess in document.guesses.items()}
    if "phase" not in given and document.phase and ("phase" not in stood or stood["phase"].value != document.phase):
        stood["phase"] = Guess(value=document.phase, confidence=1.0, source=BY_SCHEME)
    return {**stood, **said}


def _standing(guess: Guess) -> Guess:
    """The guess as a person's word; what only follows by the scheme goes on following."""
    return guess.model_copy(update={"confidence": 1.0, "source": BY_SCHEME if guess.source == BY_SCHEME else PERSON})


def _moves(before: Document, after: Document) -> bool:
    return (before.dossier, before.phase) != (after.dossier, after.phase)


def _check_leaves(ports: Ports, before: Document, after: Document, given: Mapping[str, Any]) -> None:
    """Raises Refused where a document would leave a fixed volume: if only its type brings another phase, with the way
    out there is."""
    if not before.dossier or not _moves(before, after):
        return
    dossier = ports.index.get(Dossier, before.dossier).record
    scheme, volume = ports.schemes[dossier.scheme], dossier.holding(before.id)
    if volume is None or not volume.is_fixed:
        return
    old, new, type_ = scheme.phase(before.phase), scheme.phase(after.phase), scheme.type(after.type)
    if before.dossier == after.dossier and "phase" not in given and old and new and type_:
        told = {"type": type_.label, "phase": new.label, "stays": old.label}
        raise _held_fast(scheme, "type_of_other_phase", dossier, volume, **told)
    raise _held_fast(scheme, "document_in_fixed_volume", dossier, volume)


def _held_fast(scheme: Scheme, key: str, dossier: Dossier, volume: Volume, **told: object) -> Refused:
    return refused(key, scheme.arrangement.fixed_rule, volume=f"{dossier.number}-{volume.number:02d}", **told)


def _leave_volume(ports: Ports, actor: Actor, before: Document, after: Document) -> None:
    """Takes a document that goes to another dossier or phase out of its volume. Raises Refused where that is fixed."""
    if not before.dossier or not _moves(before, after):
        return
    revise(ports, Dossier, before.dossier, lambda d: _without(ports, actor, d, before.id))
    revise(ports, Document, before.id, lambda d: _unplaced(ports, actor, d))


def _without(ports: Ports, actor: Actor, dossier: Dossier, document_id: str) -> Dossier | None:
    volume = dossier.holding(document_id)
    if volume is None:
        return None
    if volume.is_fixed:
        raise _held_fast(ports.schemes[dossier.scheme], "document_in_fixed_volume", dossier, volume)
    kept = tuple(item for item in volume.items if item.document != document_id)
    volumes = tuple(v.model_copy(update={"items": kept}) if v is volume else v for v in dossier.volumes)
    last = audit.event(ports, actor, "take_out", document=document_id, volume=volume.number)
    return dossier.model_copy(update={"volumes": volumes, "last": last})


def _unplaced(ports: Ports, actor: Actor, document: Document) -> Document | None:
    if not document.volume:
        return None
    last = audit.event(ports, actor, "take_out", volume=document.volume)
    return document.model_copy(update={"volume": 0, "item": 0, "last": last})


# --- review ------------------------------------------------------------------------------------------------------


def review_list(ports: Ports, actor: Actor, *, dossier: str = "", start: int = 0, size: int = 50) -> Listing[Document]:
    """Documents with something unsure, which wait for a person; of one dossier where it is given."""
    actor.must(Permission.FILE)
    parts = [Is.of("review", Review.WAITING), *([Is.of("dossier", dossier)] if dossier else [])]
    return ports.index.select(Document, Both(tuple(parts)), actor.access, order=("id",), size=size, start=start)


def accept(ports: Ports, actor: Actor, document_id: str) -> Versioned[Document]:
    """Lets a document's guesses stand and ends its review. Raises Refused where it has no dossier or type yet."""
    return file_document(ports, actor, document_id, late=True)
