"""Taking a review back: the document is to be checked again, filed as it was before a person let it stand or put it
right. What happened to it since is left alone, so then it is refused."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from archive.domain.access import Actor, Permission
from archive.domain.document import Document, Review, ReviewedFrom
from archive.domain.dossier import Dossier
from archive.domain.page_filing import mark_of
from archive.domain.record import Versioned
from archive.errors import NotFound, Refused
from archive.ports import Ports
from archive.services import arranging, audit, filing, retrieval
from archive.services.revising import revise


def can_be_taken_back(document: Document) -> bool:
    """Whether its last filing ended a review, as far as the document itself tells."""
    return document.reviewed_from is not None and document.review == Review.DONE and document.kept


def take_back(ports: Ports, actor: Actor, document_id: str) -> Versioned[Document]:
    """Opens the review of a document that was filed last out of it; its pages are filed as before, and it goes back
    to its place in an open volume where this took it out of one and the actor may arrange.

    Raises NotFound, Forbidden, Refused (nothing to take back, or it moved on since).
    """
    actor.must(Permission.FILE)
    document = retrieval.visible_document(ports, actor, document_id)
    before = document.reviewed_from
    written = revise(ports, Document, document_id, lambda d: _as_before(ports, actor, d))
    seq = max(filing.refile_pages(ports, written), written.seq)
    if before is not None and _lost_its_place(ports, actor, document_id, before):
        with suppress(Refused):  # its place is out of the order of the phases now: it stays loose
            arranging.put(ports, actor, before.dossier, document_id, before.volume, before.item)
    ports.index.refresh(seq)
    return ports.index.get(Document, document_id)


def _as_before(ports: Ports, actor: Actor, document: Document) -> Document:
    before = document.reviewed_from
    if before is None or document.review != Review.DONE:
        raise Refused("review_not_to_take_back", title=document.title or document.file_name)
    _check_unmoved(ports, document, before)
    dossier = ports.index.get(Dossier, before.dossier).record if before.dossier else None
    if dossier is not None and not actor.access.allows(dossier.mark):
        raise NotFound("not_found", what=before.dossier)
    fields: dict[str, Any] = {n: getattr(before, n) for n in ReviewedFrom.model_fields if n not in ("volume", "item")}
    restored = document.model_copy(
        update={
            **fields,
            "review": Review.WAITING.value,
            "reviewed_from": None,
            "last": audit.event(ports, actor, "review_again", back_to=dossier.number if dossier else ""),
        }
    )
    mark = mark_of(restored, dossier, ports.schemes.get(before.scheme))
    return restored.model_copy(update={"mark": mark})


def _check_unmoved(ports: Ports, document: Document, before: ReviewedFrom) -> None:
    """Raises Refused where the document was put into a volume or appraised since."""
    title = document.title or document.file_name
    if not document.kept:
        raise Refused("review_appraised_since", title=title)
    dossier = ports.index.get(Dossier, document.dossier).record
    held = dossier.holding(document.id)
    if held is not None and (held.is_fixed or (dossier.id, held.number) != (before.dossier, before.volume)):
        raise Refused("review_arranged_since", title=title, volume=f"{dossier.number}-{held.number:02d}")


def _lost_its_place(ports: Ports, actor: Actor, id: str, before: ReviewedFrom) -> bool:
    """Whether it was in a volume that is still open and does not hold it now, and the actor may put it back."""
    if not (before.volume and before.dossier and actor.may(Permission.ARRANGE)):
        return False
    volume = ports.index.get(Dossier, before.dossier).record.volume(before.volume)
    return volume is not None and not volume.is_fixed and all(item.document != id for item in volume.items)
