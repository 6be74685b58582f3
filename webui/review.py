"""Review: what was filed with low confidence, one document at a time. One key lets it stand, one changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.domain.document import Document, Page, Review
from archive.domain.dossier import Dossier
from archive.domain.guessing import phase_with
from archive.domain.ids import DocumentId, page_id
from archive.domain.scheme import DocumentType, Party, Phase, Scheme, Specialty
from archive.errors import ArchiveError, InvalidInput
from archive.services import filing, proposing, retrieval, review
from webui.dossier_choice import dossier_of, known_dossiers
from webui.errors import status_of
from webui.language import label, words
from webui.session import current_actor, may, ports

screen = Blueprint("review", __name__, url_prefix="/review")
MOST = 50  # documents shown in the list; the next ones come as these are filed
OTHER_TYPES = 2  # offered with a key of their own
FIELDS = ("type", "title", "party", "dossier", "phase", "date", "number")
ARRANGED_BY = ("specialty", "building", "part")  # shown where the scheme arranges by them
NAMES = {
    "type": "Type#document", "title": "Title#document", "party": "Author#document", "dossier": "Dossier#field",
    "phase": "Phase#document", "date": "Date#document", "number": "Number#document", "scheme": "Scheme#field",
    "specialty": "Specialty", "building": "Building", "part": "Part of the works",
}  # fmt: skip
CHOICES: Mapping[str, Callable[[Scheme], Sequence[DocumentType | Phase | Specialty]]] = {
    "type": lambda scheme: scheme.types,
    "phase": lambda scheme: scheme.phases,
    "specialty": lambda scheme: scheme.specialties,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A field of the card. `sure` is the confidence, None where nothing was guessed; `options` pairs of a select."""

    name: str
    label: str
    value: str
    sure: float | None
    doubtful: bool
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class NewDossier:
    """What is known of a dossier that may be opened for a paper: its scheme, its class with its name, its own name."""

    scheme: str
    cls: str
    cls_name: str
    name: str


@dataclass(frozen=True, slots=True)
class Card:
    """A document to look at: its fields with their confidence, why it is here, other types with their ids."""

    document: Document
    page: Page | None
    rows: Sequence[Row]
    why: Sequence[str]
    others: Sequence[tuple[str, str]]
    phases: Mapping[str, str]  # the phase that each type brings
    signers: Sequence[tuple[str, str, bool]]  # parties that sign its type: id, name, whether it lacks theirs
    late: bool  # asks whether it comes as a late paper
    new: NewDossier | None  # where it has no dossier yet


@screen.get("")
def home() -> str:
    """The list and the first document of it."""
    return render_template("review/home.html", **panel())


def panel(card: Card | None = None, fault: ArchiveError | None = None) -> dict[str, Any]:
    """What the card and its list need. Those who may not file get none."""
    if not may("file"):
        return {"card": None, "waiting_documents": [], "waiting_total": 0}
    found = filing.review_list(ports(), current_actor(), size=MOST)
    listed = [read.record for read in found.records]
    wanted = request.args.get("review", "")
    if card is None:
        card = _wanted(wanted, listed)
    ids = [one.id for one in listed]
    at = ids.index(card.document.id) if card and card.document.id in ids else -1
    return {
        "card": card,
        "fault": fault,
        "waiting_documents": [(one, _first_page(one), _least(one)) for one in _others_than(card, listed)],
        "waiting_total": found.total,
        "at": at + 1,
        "after": ids[(at + 1) % len(ids)] if ids and ids != [card.document.id if card else ""] else "",
        "known": known_dossiers(),
        "last_filed": _last_filed(),
    }


def _last_filed() -> tuple[Document, str] | None:
    """What was filed just now, if that can be taken back, and the number of its dossier."""
    id = request.args.get("filed", "")
    read = ports().index.get_many(Document, [id] if id else []).get(id)
    if read is None or not current_actor().access.allows(read.record.mark):
        return None
    return (read.record, _number(read.record)) if review.can_be_taken_back(read.record) else None


def _number(document: Document) -> str:
    dossier = _dossier(document)
    return dossier.number if dossier else ""


def _others_than(card: Card | None, listed: Sequence[Document]) -> list[Document]:
    return [one for one in listed if card is None or one.id != card.document.id]


def _wanted(id: str, listed: Sequence[Document]) -> Card | None:
    found = next((one for one in listed if one.id == id), None)
    if found is None and id:
        found = retrieval.visible_document(ports(), current_actor(), id)
    if found is None and listed:
        found = listed[0]
    given = {"dossier": request.args["opened"]} if id and "opened" in request.args else {}
    return card_of(retrieval.looked_at(ports(), current_actor(), found.id), given) if found else None


def card_of(document: Document, given: Mapping[str, str], *, late: bool = False) -> Card:
    """The card of a document, with what was typed in place of what is known."""
    dossier = _dossier(document)
    scheme = _scheme(document, dossier)
    offered = proposing.proposed(ports(), current_actor(), document)
    number = int(request.args.get("page", "1")) if request.args.get("page", "1").isdigit() else 1
    return Card(
        document=document,
        page=_page(document, number),
        rows=[_row(name, document, dossier or offered, scheme, given) for name in _fields(scheme)],
        why=[_why(document, field, offered) for field in document.review_because if document.review == Review.WAITING],
        others=_others(document, scheme),
        phases={type_.id: phase_with(document, type_, scheme) for type_ in scheme.types} if scheme else {},
        signers=_signers(document, scheme, given),
        late=late,
        new=_new_dossier(document, scheme) if scheme and not dossier else None,
    )


def _new_dossier(document: Document, scheme: Scheme) -> NewDossier:
    said = {name: guess.value for name, guess in document.guesses.items()}
    cls = scheme.find_class(said.get("cls", ""))
    return NewDossier(scheme.id, cls.code if cls else "", label(cls) if cls else "", said.get("project", ""))


def _dossier(document: Document) -> Dossier | None:
    return ports().index.get(Dossier, document.dossier).record if document.dossier else None


def _scheme(document: Document, dossier: Dossier | None) -> Scheme | None:
    return ports().schemes.get(dossier.scheme if dossier else document.scheme)


def _fields(scheme: Scheme | None) -> list[str]:
    return [*FIELDS, *(name for name in ARRANGED_BY if scheme and scheme.arrangement.looks_at(name))]


def _signatures(scheme: Scheme | None, type: str) -> Sequence[Party]:
    found = scheme.type(type) if scheme else None
    return found.signatures if found else ()


def _signers(document: Document, scheme: Scheme | None, given: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    parties = _signatures(scheme, given.get("type", document.type))
    lacks = [one.id for one in parties if f"unsigned-{one.id}" in given] if "signers" in given else document.unsigned
    return [(one.id, label(one), one.id in lacks) for one in parties]


def _page(document: Document, number: int) -> Page | None:
    read = ports().index.get_many(Page, [page_id(DocumentId(document.id), number)])
    return next((one.record for one in read.values()), None)


def _first_page(document: Document) -> Page | None:
    return _page(document, 1)


def _least(document: Document) -> float | None:
    names = [name for name in document.review_because if name != "dossier"]  # of a proposal not all may know
    sure = [document.guesses[name].confidence for name in names if name in document.guesses]
    return min(sure, default=None)


def _row(
    name: str, document: Document, dossier: Dossier | None, scheme: Scheme | None, given: Mapping[str, str]
) -> Row:
    guess = document.guesses.get(name) if name != "dossier" or dossier else None
    known = f"{dossier.number} {dossier.name}" if name == "dossier" and dossier else ""
    value = given.get(name, known if name == "dossier" else shown_value(document, name))
    doubtful = name in document.review_because and document.review == Review.WAITING
    return Row(
        name, words(NAMES[name]), value, guess.confidence if guess else None, doubtful, _options(name, scheme, value)
    )


def shown_value(document: Document, name: str) -> str:
    """A field of the document as a form holds it."""
    value = getattr(document, name)
    return value.isoformat() if isinstance(value, Day) else str(value or "")


def _options(name: str, scheme: Scheme | None, value: str) -> list[tuple[str, str]]:
    """The choices of a field: the scheme's own, or of all schemes where none is settled."""
    if name not in CHOICES:
        return []
    schemes = [scheme] if scheme else list(ports().schemes.values())
    parts = [part for one in schemes for part in CHOICES[name](one)]
    pairs = list(dict.fromkeys((part.id, label(part)) for part in parts))
    unknown = [(value, value)] if value and value not in {id for id, _ in pairs} else []
    return [("", words("not known")), *unknown, *pairs]


def _others(document: Document, scheme: Scheme | None) -> list[tuple[str, str]]:
    guess = document.guesses.get("type")
    if guess is None or scheme is None:
        return []
    named = [(id, scheme.type(id)) for id in guess.others if id != document.type]
    return [(id, _with_its_phase(document, type_, scheme)) for id, type_ in named if type_][:OTHER_TYPES]


def _with_its_phase(document: Document, type_: DocumentType, scheme: Scheme) -> str:
    """A type's name, with the phase that the document would come to by it where that is another."""
    phase = scheme.phase(phase_with(document, type_, scheme))
    if phase is None or phase.id == document.phase:
        return label(type_)
    return words("{type} ({phase})", type=label(type_), phase=label(phase))


def _why(document: Document, field: str, offered: Dossier | None) -> str:
    guess = document.guesses.get(field)
    if field == "dossier" and offered:
        return words("Its dossier is not settled; what the paper says points at {number}.", number=offered.number)
    if field == "dossier":
        return words("Its dossier is not settled.")
    if field == "late":
        return words("It came after volumes of its dossier were fixed: a late paper.")
    if guess is None:
        return words("{field} is not known.", field=words(NAMES.get(field, "Type#document")))
    return words("{field}: confidence only {sure}.", field=words(NAMES[field]), sure=f"{guess.confidence:.2f}")


# --- filing -------------------------------------------------------------------------------------------------------


@screen.post("/<id>")
def file(id: str) -> Response:
    """Files the document as the card says, and goes on to the next; back to the document where none was checked."""
    document = retrieval.visible_document(ports(), current_actor(), id)
    try:
        filed = _file(document, request.form)
    except ArchiveError as error:
        return _again(document, error)
    if not review.can_be_taken_back(filed):
        flash(words("Filed: {title}, {number}.", title=filed.title or filed.file_name, number=_number(filed)), "song")
    if document.review != Review.WAITING:
        return redirect(url_for("viewer.read", document=id))
    return redirect(url_for(_home(), review=request.form.get("after", ""), filed=id, _anchor="review"))


@screen.post("/<id>/undo")
def undo(id: str) -> Response:
    """Takes the filing of a document back: it is to be checked again."""
    document = retrieval.visible_document(ports(), current_actor(), id)
    try:
        opened = review.take_back(ports(), current_actor(), id).record
    except ArchiveError as error:
        return _again(document, error)
    flash(words("Taken back: {title} is to be checked again.", title=opened.title or opened.file_name), "song")
    return redirect(url_for(_home(), review=id, _anchor="review"))


def _home() -> str:
    return "intake.home" if request.form.get("home") == "intake" else "review.home"


def _file(document: Document, form: Mapping[str, str]) -> Document:
    given = changes_of(document, form)
    if not given and document.dossier:
        return filing.accept(ports(), current_actor(), document.id).record
    late = document.late or form.get("late") == "yes"
    return filing.file_document(ports(), current_actor(), document.id, late=late, **given).record


def changes_of(document: Document, form: Mapping[str, str]) -> dict[str, Any]:
    """What the form says otherwise than the record, as the service takes it."""
    given: dict[str, Any] = {}
    dossier = dossier_of(form.get("dossier", ""))
    if dossier and dossier.id != document.dossier:
        given["dossier"] = dossier.id
    for name in ("type", "title", "party", "phase", "number", *ARRANGED_BY):
        value = form.get(name, shown_value(document, name)).strip()
        if value != shown_value(document, name):
            given[name] = value
    if form.get("type_instead"):
        given["type"] = form["type_instead"]
        given.pop("phase", None)
    elif "type" in given and form.get("phase", "").strip():
        given.pop("phase", None)
        given |= _shown_phase(document, dossier, given["type"], form["phase"].strip())
    day = form.get("date", shown_value(document, "date")).strip()
    if day != shown_value(document, "date"):
        given["date"] = read_day(day)
    if "signers" in form:
        parties = _signatures(_scheme(document, dossier or _dossier(document)), given.get("type", document.type))
        unsigned = tuple(one.id for one in parties if f"unsigned-{one.id}" in form)
        given |= {"unsigned": unsigned} if unsigned != document.unsigned else {}
    return given


def _shown_phase(document: Document, dossier: Dossier | None, type: str, phase: str) -> dict[str, str]:
    """The phase that the form shows beside another type, as said by the person; none where the type brings it."""
    scheme = _scheme(document, dossier or _dossier(document))
    type_ = scheme.type(type) if scheme else None
    brought = phase_with(document, type_, scheme) if scheme and type_ else ""
    return {} if phase == brought else {"phase": phase}


def read_day(text: str) -> Day | None:
    """A day as typed. Raises InvalidInput."""
    try:
        return Day.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("web_not_a_day", field="date", given=text) from None


def _again(document: Document, error: ArchiveError) -> Response:
    from webui import intake  # the card stands on that screen too

    card = card_of(document, request.form, late=error.key == "volumes_fixed")
    shown = (
        intake.page(card, error)
        if _home() == "intake.home"
        else render_template("review/home.html", **panel(card, error))
    )
    return make_response(shown, status_of(error))
