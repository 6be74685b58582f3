"""The names of things. All are strings; the types keep them apart."""

from __future__ import annotations

from typing import NewType

DossierId = NewType("DossierId", str)
DocumentId = NewType("DocumentId", str)
PageId = NewType("PageId", str)  # {document}-{page number, from 1}
CopyCode = NewType("CopyCode", str)  # 条码号: dossier-volume-copy, KH-2024-031-02-Y1
JobId = NewType("JobId", str)
Login = NewType("Login", str)
Sha256 = NewType("Sha256", str)  # 64 hexadecimal digits, lower case
SchemeId = NewType("SchemeId", str)


def page_id(document: DocumentId, number: int) -> PageId:
    """The id of the page `number` (from 1) of a document."""
    return PageId(f"{document}-{number}")


def volume_key(dossier: DossierId, volume: int) -> str:
    """The keyword by which pages are tied to the volume their paper lies in."""
    return f"{dossier}/{volume}"
