"""The dossier: one thing an office keeps papers about, with its volumes. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar

from archive.domain.record import Decided, Derived, Keyword, Part, Searched, Text

LATE = "补件"  # what is remarked of a document that came when its volume was fixed
FieldValue = str | int | float | date | None


class Place(Part):
    """Where paper stands: cabinet, shelf, box (柜、层、盒)."""

    cabinet: str = ""
    shelf: str = ""
    box: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.cabinet, self.shelf, self.box) if part)


class VolumeItem(Part):
    """One document in a volume: its item number (件号, from 1) and the pages it takes (页号, numbered through the
    volume from 1; None until the pages are numbered)."""

    document: str
    item: int
    pages: int
    first_page: int | None = None
    last_page: int | None = None
    remark: str = ""


class RemarkLine(Part):
    """A line of a volume's remarks sheet (卷内备考表): as it was typed, or a late paper with its pages. The paper is
    named by its id, since not everybody may know its title."""

    at: datetime
    by: str
    text: str = ""
    document: str = ""
    pages: int = 0


class Volume(Part):
    """A volume (案卷). Its number runs through the dossier, from 1. A fixed volume never shifts its numbers."""

    number: int
    title: str
    phase: str | None = None  # None only where the whole dossier is one volume
    content: str = "mixed"  # text, drawings, mixed
    items: tuple[VolumeItem, ...] = ()
    sheets: int = 0  # 张数
    pages: int = 0  # 总页数
    fixed_at: datetime | None = None
    fixed_by: str = ""
    supplement_to: int | None = None
    remarks: tuple[RemarkLine, ...] = ()
    group: str = ""  # id of the scheme's volume group, where it was proposed so
    place: Place = Place()  # given when it was fixed; afterwards the copies know theirs

    @property
    def is_fixed(self) -> bool:
        return self.fixed_at is not None


class StateChange(Part):
    """`step` is the id of the transition, empty where the dossier was made; `on` the day of the event itself, from
    which deadlines count."""

    state: str
    at: datetime
    by: str
    step: str = ""
    on: date | None = None
    reason: str = ""


class Dossier(Decided):
    """`cls` is the code of a leaf of the scheme's class tree; `classes` that code and its ancestors, outermost first.

    `fields` are the scheme's own, by name with the type at the end (`_k`, `_t`, `_n`, `_d`)."""

    kind: ClassVar[str] = "dossier"

    number: Keyword
    aliases: Annotated[tuple[str, ...], Searched.KEYWORD] = ()  # former numbers (曾用编号)
    scheme: Keyword
    name: Text
    cls: Keyword = ""
    classes: Annotated[tuple[str, ...], Searched.KEYWORD] = ()
    fields: Annotated[dict[str, FieldValue], Searched.META] = {}
    responsible: str = ""
    level: str
    mark: Keyword  # {scheme}/{level}
    state: Keyword
    history: tuple[StateChange, ...] = ()
    due_on: Annotated[date | None, Searched.DATE] = None  # the deadline of the present state
    one_volume: bool = False
    waived: tuple[str, ...] = ()  # document types of the checklist that do not apply here
    waived_because: dict[str, str] = {}  # the reason of each; of those waived first only the trail knows it
    volumes: tuple[Volume, ...] = ()
    created_at: datetime

    def bears(self, number: str) -> bool:
        """Whether this is its number, or was."""
        return number == self.number or number in self.aliases

    def volume(self, number: int) -> Volume | None:
        return next((volume for volume in self.volumes if volume.number == number), None)

    def holding(self, document: str) -> Volume | None:
        """The volume that holds a document."""
        return next((v for v in self.volumes if any(item.document == document for item in v.items)), None)


class Claim(Derived):
    """A name that only one thing may have. Created before the thing; `id` is `number:KH-2024-031`, `code:…`,
    `login:…`; `owner` the id of the record that has it. A dossier has one for its number and one for each former
    number. Of a number it says what it was claimed for, and `unused` "yes" where that dossier was never opened, or does
    not bear it any more: an office has to explain every number it did not use."""

    kind: ClassVar[str] = "claim"
    in_sidecar: ClassVar[bool] = True

    owner: Keyword
    scheme: Keyword = ""
    name: str = ""  # of the dossier that was to be opened
    by: str = ""
    at: datetime | None = None
    unused: Keyword = "no"
