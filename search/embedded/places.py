"""The place of a page: dossier, document and page number in one whole number, by which pages are grouped and ordered.

63 bits: 20 for the dossier, 27 for the document, 16 for the page. Small numbers for dossiers and documents are given
out in `records.db` and never change.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw
import numpy as np
from numpy.typing import NDArray

from archive.domain.document import Page
from search.natural_order import natural_key

PAGE_BITS = 16
DOCUMENT_BITS = 27
_PAGE_MASK = (1 << PAGE_BITS) - 1
_DOCUMENT_MASK = (1 << DOCUMENT_BITS) - 1

Places = NDArray[np.int64]


def place_of(connection: apsw.Connection, page: Page) -> int:
    """The place of `page`; gives numbers to its document and dossier where they have none. Only inside `writing`."""
    document = _document_number(connection, page.document)
    dossier = _dossier_number(connection, page.dossier, page.dossier_number)
    return (dossier << DOCUMENT_BITS | document) << PAGE_BITS | (page.number & _PAGE_MASK)


def documents_of(places: Places) -> Places:
    """The documents' numbers."""
    return (places >> PAGE_BITS) & _DOCUMENT_MASK


def dossiers_of(places: Places) -> Places:
    """The dossiers' numbers; 0 = in no dossier."""
    return places >> (PAGE_BITS + DOCUMENT_BITS)


def numbers_of(places: Places) -> Places:
    """The page numbers."""
    return places & _PAGE_MASK


def document_ids(connection: apsw.Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The documents with these numbers."""
    marks = ",".join("?" * len(numbers))
    rows = connection.execute(f"SELECT no, document FROM paper WHERE no IN ({marks})", tuple(numbers))
    return {int(no): str(document) for no, document in rows}


def documents_ever(connection: apsw.Connection) -> int:
    """How many documents have a number: at least as many as have pages."""
    return int(connection.execute("SELECT coalesce(max(no), 0) FROM paper").get)


def dossier_ranks(connection: apsw.Connection) -> Places:
    """Where each dossier stands in the order of their numbers (档号), runs of digits by their value; by the dossier's
    own small number. Pages without a dossier (0) come last."""
    rows = [(int(no), str(number)) for no, number in connection.execute("SELECT no, number FROM folder")]
    rows.sort(key=lambda row: natural_key(row[1]))
    ranks = np.full(max((no for no, _ in rows), default=0) + 1, len(rows), dtype=np.int64)
    ranks[np.array([no for no, _ in rows], dtype=np.int64)] = np.arange(len(rows))
    return ranks


def _document_number(connection: apsw.Connection, document: str) -> int:
    found = connection.execute("SELECT no FROM paper WHERE document = ?", (document,)).get
    if found is None:
        found = connection.execute("INSERT INTO paper(document) VALUES(?) RETURNING no", (document,)).get
    return int(found)


def _dossier_number(connection: apsw.Connection, dossier: str, number: str) -> int:
    if not dossier:
        return 0
    row = connection.execute("SELECT no, number FROM folder WHERE dossier = ?", (dossier,)).fetchone()
    if row is None:
        insert = "INSERT INTO folder(dossier, number) VALUES(?, ?) RETURNING no"
        return int(connection.execute(insert, (dossier, number)).get)
    if row[1] != number:
        connection.execute("UPDATE folder SET number = ? WHERE no = ?", (number, row[0]))
    return int(row[0])
