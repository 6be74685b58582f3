"""What happened to a dossier and its copies, for those who file or lend. Shown, never decided on."""

from __future__ import annotations

from archive.domain.access import Actor, Permission
from archive.domain.audit import AuditEvent
from archive.domain.copy import Copy
from archive.domain.dossier import Dossier
from archive.domain.record import Record, Versioned
from archive.errors import NotFound
from archive.ports import Ports
from archive.services import copies

EACH = 40  # latest events of one record


def of_dossier(ports: Ports, actor: Actor, id: str, *, most: int = EACH) -> list[AuditEvent]:
    """The latest events of a dossier and of its copies, the newest first; none for those who neither file nor lend.
    Raises NotFound."""
    if not (actor.may(Permission.FILE) or actor.may(Permission.LEND)):
        return []
    dossier = ports.index.get(Dossier, id)
    if not actor.access.allows(dossier.record.mark):
        raise NotFound("not_found", what=id)
    codes = [copy.id for copy in copies.copies_of(ports, actor.access, id)]
    records: list[Versioned[Dossier] | Versioned[Copy]] = [dossier, *ports.index.get_many(Copy, codes).values()]
    ids = [event for read in records for event in _ids(read.record, read.revision)]
    found = [read.record for read in ports.index.get_many(AuditEvent, ids).values()]
    return sorted(found, key=lambda event: event.at, reverse=True)[:most]


def _ids(record: Record, revision: int) -> list[str]:
    return [f"{record.kind}/{record.id}/{n}" for n in range(max(1, revision - EACH + 1), revision + 1)]
