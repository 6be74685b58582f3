"""Appraising (鉴定): saying of a loose paper of a dossier that it is not to be kept, and taking that back."""

from __future__ import annotations

from archive.domain.access import Actor, Permission
from archive.domain.document import Document
from archive.errors import InvalidInput, NotFound, Refused
from archive.ports import Ports
from archive.services import audit, dossiers
from archive.services.revising import revise


def not_keep(ports: Ports, actor: Actor, id: str, document: str, reason: str) -> Document:
    """Appraises a loose document as not to be kept, with the reason. Raises InvalidInput, Refused, NotFound,
    Forbidden."""
    if not reason.strip():
        raise InvalidInput("reason_needed", field="reason")
    return _kept(ports, actor, id, document, reason.strip())


def keep(ports: Ports, actor: Actor, id: str, document: str) -> Document:
    """Takes such an appraisal back. Raises NotFound, Forbidden."""
    return _kept(ports, actor, id, document, "")


def _kept(ports: Ports, actor: Actor, id: str, document: str, reason: str) -> Document:
    actor.must(Permission.ARRANGE)
    dossier = dossiers.dossier_at(ports, actor, id)
    paper = ports.index.get(Document, document).record
    if paper.dossier != id or not actor.access.allows(paper.mark):
        raise NotFound("not_found", what=document)
    if dossier.holding(document) is not None:
        raise Refused("document_in_volume", title=paper.title)
    rules = ports.schemes[dossier.scheme].appraisal
    if not any(role in rules.by for role in actor.roles):
        rule = rules.rule
        raise Refused("appraisal_by_others", rule=rule.id, clause=rule.clause, words=rule.words)
    last = audit.event(ports, actor, "not_keep" if reason else "keep", reason=reason)
    update = {"kept": not reason, "not_kept_because": reason, "last": last}
    written = revise(ports, Document, document, lambda d: d.model_copy(update=update))
    ports.index.refresh(written.seq)
    return written.record
