"""All kinds of records, by name, for those who work through the whole archive: rebuild, reconcile, verify."""

from __future__ import annotations

from typing import ClassVar

from archive.domain.audit import AuditEvent, DayHead, LookDay
from archive.domain.copy import Copy, RegisterLine
from archive.domain.document import Document, Page
from archive.domain.dossier import Claim, Dossier
from archive.domain.intake_job import IntakeJob
from archive.domain.people import Attempts, User
from archive.domain.record import Decided, Record
from archive.domain.series import Series


class RebuildMark(Record):
    """Whether a rebuild of this index was begun and not ended. It is about the index itself, so it has no sidecar."""

    kind: ClassVar[str] = "rebuild"
    decided: ClassVar[bool] = False
    in_sidecar: ClassVar[bool] = False

    unfinished: bool


KINDS: dict[str, type[Record]] = {
    kind.kind: kind
    for kind in (
        Claim,
        Series,
        User,
        Attempts,
        Dossier,
        Document,
        Page,
        Copy,
        RegisterLine,
        IntakeJob,
        AuditEvent,
        LookDay,
        DayHead,
        RebuildMark,
    )
}
DECIDED: dict[str, type[Decided]] = {name: kind for name, kind in KINDS.items() if issubclass(kind, Decided)}
KEPT: dict[str, type[Record]] = {name: kind for name, kind in KINDS.items() if kind.in_sidecar}
