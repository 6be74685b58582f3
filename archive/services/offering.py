"""Offering a dossier that was just opened to papers that wait without one and name it.

Must not fail the opening: what goes wrong is left out and logged. Files nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from archive.domain.access import INBOX_MARK, SYSTEM, Access
from archive.domain.document import Document, Review
from archive.domain.dossier import Dossier
from archive.domain.query import AnyOf, PageSearch, Phrase
from archive.domain.scheme import Scheme
from archive.errors import ArchiveError
from archive.ports import Ports
from archive.services import audit, classifying, proposing
from archive.services.revising import revise

log = logging.getLogger(__name__)

MOST = 50  # waiting papers looked at; more that name it are offered nothing
SHORTEST = 4  # characters of a name or number that is looked for


def offer(ports: Ports, dossier: Dossier) -> int:
    """Proposes the dossier to papers that wait for review in none and name its number, its name or whoever it is for;
    how many those are."""
    try:
        return sum(_offered(ports, id) for id in _naming(ports, dossier))
    except ArchiveError as fault:
        log.warning("dossier %s was not offered to waiting papers: %s", dossier.number, fault)
        return 0


def _naming(ports: Ports, dossier: Dossier) -> list[str]:
    """The documents in no dossier on whose pages something of it stands."""
    phrases = [Phrase(text) for text in dict.fromkeys(_names(ports.schemes[dossier.scheme], dossier))]
    wanted = PageSearch(AnyOf(tuple(phrases)), size=MOST, facets=(), pages_each=1)
    return [hits.document for hits in ports.index.search(wanted, Access.to([INBOX_MARK])).found]


def _names(scheme: Scheme, dossier: Dossier) -> Iterator[str]:
    fields = [field.name for field in scheme.fields if field.kind == "text" and not field.sensitive]
    said = [dossier.number, *dossier.aliases, dossier.name, *(str(dossier.fields.get(name) or "") for name in fields)]
    return (text for text in said if len(text) >= SHORTEST)


def _offered(ports: Ports, id: str) -> int:
    """Proposes to one document whatever it names now."""
    document = ports.index.get(Document, id).record
    if not _waits(document):
        return 0
    guess = proposing.proposal(ports, document.guesses, classifying.paper_of(ports, document))
    if guess is None or guess == document.guesses.get("dossier"):
        return 0
    last = audit.event(ports, SYSTEM, "propose", dossier=guess.value)

    def change(now: Document) -> Document | None:
        if not _waits(now):
            return None
        return now.model_copy(update={"guesses": {**now.guesses, "dossier": guess}, "last": last})

    return int(revise(ports, Document, id, change).record.last == last)


def _waits(document: Document) -> bool:
    return document.review == Review.WAITING and not document.dossier
