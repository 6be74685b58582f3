"""Documents standing where the volumes of their dossier say, and their pages with them.

Decides nothing: the dossier says it (see `archive.services.arranging`), and this may be done again at any time.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.domain.access import Access, Actor
from archive.domain.document import Document
from archive.domain.dossier import Dossier
from archive.ports import Ports
from archive.services import audit, dossiers, filing
from archive.services.revising import revise

LOOSE = (0, 0)  # volume and item of a document that is in no volume


def place(ports: Ports, actor: Actor, dossier: Dossier, documents: Sequence[Document] | None = None) -> list[int]:
    """Writes into a dossier's documents (as read before, or all), and into their pages, which volume and item they
    are; of each that was changed, the seq of the last write. What the dossier says now decides."""
    places = _places(dossier)
    read = dossiers.documents_of(ports, Access.whole_archive(), dossier.id) if documents is None else documents
    differing = [one.id for one in read if (one.volume, one.item) != places.get(one.id, LOOSE)]
    seqs = [seq for id in differing if (seq := _placed(ports, actor, id, dossier.id))]
    now = ports.index.get(Dossier, dossier.id).record
    if _places(now) != places:  # those who changed it may have been quicker
        seqs += place(ports, actor, now)
    return seqs


def _places(dossier: Dossier) -> dict[str, tuple[int, int]]:
    return {item.document: (v.number, item.item) for v in dossier.volumes for item in v.items}


def _placed(ports: Ports, actor: Actor, id: str, dossier: str) -> int:
    """Writes one document and its pages; the seq of the last write, 0 where there is nothing to write."""
    told = {"changed": False}

    def change(document: Document) -> Document | None:
        told["changed"] = False
        if document.dossier != dossier:
            return None  # moved meanwhile: another dossier says it
        volume, item = _places(ports.index.get(Dossier, dossier).record).get(id, LOOSE)
        if (document.volume, document.item) == (volume, item):
            return None
        told["changed"] = True
        last = audit.event(ports, actor, "arrange", volume=volume, item=item)
        return document.model_copy(update={"volume": volume, "item": item, "last": last})

    written = revise(ports, Document, id, change)
    return max(written.seq, filing.refile_pages(ports, written)) if told["changed"] else 0
