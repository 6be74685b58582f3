"""The copy: one original or one standing photocopy of a volume, as it stands on the shelf, and its loan. Pure.

The current loan lies inside the copy, so that lending is one conditional write.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from archive.domain.dossier import Place
from archive.domain.record import Decided, Derived, Keyword, Part, Searched, Text


class CopyKind(StrEnum):
    ORIGINAL = "original"  # Y1
    PHOTOCOPY = "photocopy"  # F1, F2 … standing photocopies


class CopyState(StrEnum):
    SHELVED = "shelved"  # 在架
    OUT = "out"  # 借出: on the premises or outside, see the loan
    CHECKING = "checking"  # back, but not as recorded: the loan cannot be closed
    RETURNED = "returned"  # 待归架: loan closed, not yet seen at its place
    REPAIR = "repair"  # 修复
    MISSING = "missing"


class Counted(Part):
    """What was counted when a copy came back."""

    at: datetime
    by: str
    sheets: int
    pages: int
    condition: str  # see archive.domain.condition: "good", or one or more others with a space between
    missing_pages: tuple[int, ...] = ()
    note: str = ""


class Finding(Part):
    """A finding of loss or damage (缺损登记)."""

    number: str
    at: datetime
    by: str
    what: str


class Repair(Part):
    """A repair task (修复): since when, given by whom, for what; `finding` the number of what led to it."""

    since: datetime
    by: str
    what: str
    finding: str = ""


class Loan(Part):
    """One loan of one copy. `n` counts the copy's loans from 1. A closed one stays in the copy until the next."""

    n: int
    slip: str  # one slip for all copies issued together
    together: tuple[str, ...] = ()  # codes of all copies on the slip, this one too
    borrower: str  # login
    borrower_name: str
    asked_for: str  # 查阅内容
    purpose: str  # 用途
    where: str  # "premises" (室内查阅) or "outside" (外借)
    room: str = ""  # the place it is read, or where it is taken: never empty for outside loans
    consent: str  # login of who consented
    consent_name: str
    signature: str  # typed name, or an SVG path drawn
    issued_at: datetime
    issued_by: str
    due_at: datetime
    due_reason: str = ""  # why another day than the rule's
    due_consent: str = ""
    fetched_by: str = ""  # 代借
    returned_at: datetime | None = None
    returned_by: str = ""  # the desk
    brought_by: str = ""  # 代还
    counted: Counted | None = None
    finding: Finding | None = None
    closed_at: datetime | None = None


class Copy(Decided):
    """`id` is its code (条码号)."""

    kind: ClassVar[str] = "copy"

    dossier: Keyword
    dossier_number: Keyword
    dossier_name: Text
    volume: Annotated[int, Searched.NUMBER]
    volume_key: Keyword  # {dossier}/{volume}
    title: Text
    scheme: Keyword
    mark: Keyword
    types: tuple[str, ...] = ()  # types of the documents in the volume
    copy_kind: Keyword
    place: Place
    sheets: int
    pages: int
    late: tuple[str, ...] = ()  # ids of the late papers (补件) that its sheets and pages count
    condition: str = "good"
    state: Keyword
    loan: Loan | None = None
    loans: int = 0  # how many there have been
    finding: Finding | None = None  # open: not yet repaired, and its loan not closed
    repair: Repair | None = None  # until it is done, while the copy is lost too
    checked_on: date | None = None  # the last day it was counted and found in order
    note: str = ""  # why it is missing
    # what lists ask for, kept in step with the loan
    borrower: Keyword = ""
    where: Keyword = ""
    due_on: Annotated[date | None, Searched.DATE] = None

    @property
    def open_loan(self) -> Loan | None:
        """The loan that is not closed yet, whether the copy is out, being checked or lost."""
        return self.loan if self.loan is not None and self.loan.closed_at is None else None


class RegisterLine(Derived):
    """One line of the loan register: a loan of a copy, `{copy}/{n}`. Follows from the copy."""

    kind: ClassVar[str] = "register"
    in_sidecar: ClassVar[bool] = True

    copy_code: Keyword
    dossier: Keyword
    dossier_number: Keyword
    dossier_name: Text
    volume: int
    title: Text
    scheme: Keyword
    mark: Keyword
    borrower: Keyword
    where: Keyword
    issued_on: Annotated[date, Searched.DATE]
    due_on: Annotated[date, Searched.DATE]
    closed_on: Annotated[date | None, Searched.DATE] = None
    loan: Loan
