"""The document (one piece: a contract, one set of minutes, a drawing) and its pages. Pure."""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from archive.domain.record import Decided, Derived, Keyword, Part, Searched, Text


class Guess(Part):
    """What a field was taken for, how sure that is (置信度, 0..1), and from where."""

    value: str
    confidence: float
    source: str  # person, folder, text, scheme, default
    others: tuple[str, ...] = ()  # the next best values, best first


class PageOf(Part):
    """One page of a document as the document knows it: where its picture comes from."""

    number: int  # from 1, in the document
    source_page: int  # from 1, in the file
    width: int = 0  # pixels of the page's image as last made; 0 = not yet read
    height: int = 0


class Review(StrEnum):
    NONE = "none"  # nothing is unsure
    WAITING = "waiting"
    DONE = "done"


class ReviewedFrom(Part):
    """How a document stood before a person ended its review, so that this can be taken back; `volume` and `item`
    as the document's own."""

    dossier: str
    scheme: str
    phase: str
    type: str
    title: str
    date: Day | None
    number: str
    party: str
    level: str
    specialty: str
    building: str
    part: str
    late: bool
    unsigned: tuple[str, ...]
    guesses: dict[str, Guess]
    review_because: tuple[str, ...]
    volume: int = 0
    item: int = 0


class Document(Decided):
    """A document has a fixed page list, written once. `dossier` is empty until it is filed."""

    kind: ClassVar[str] = "document"

    job: Keyword
    source: Keyword  # SHA-256 of the file it came in
    file_name: str
    media_type: str
    pages: tuple[PageOf, ...] = ()
    attachment: bool = False

    dossier: Keyword = ""
    scheme: Keyword = ""
    mark: Keyword
    phase: Keyword = ""
    type: Keyword = ""
    title: Text = ""
    date: Annotated[Day | None, Searched.DATE] = None
    number: Keyword = ""
    party: Text = ""  # responsible party, 责任者
    level: str = ""
    volume: Annotated[int, Searched.NUMBER] = 0  # 0 = not arranged
    item: Annotated[int, Searched.NUMBER] = 0
    kept: bool = True  # False: appraised as not to be kept
    not_kept_because: str = ""
    specialty: Keyword = ""  # id of one of the scheme's specialties
    building: Keyword = ""  # of a project of several buildings
    part: Keyword = ""  # unit, division, structure or batch it belongs to (单位、分部、分项工程, 批次)
    unsigned: tuple[str, ...] = ()  # ids of parties whose signature it lacks
    blank: tuple[int, ...] = ()  # numbers of blank pages (空白页): not numbered in the volume
    blank_said: bool = False  # a person said which pages are blank
    late: bool = False  # 补件: came when volumes of its dossier were fixed

    guesses: dict[str, Guess] = {}
    review: Keyword = Review.NONE.value
    review_because: tuple[str, ...] = ()  # keys of fields that are unsure
    reviewed_from: ReviewedFrom | None = None  # only where its last filing ended a review
    finished: Keyword = "no"  # "yes" once every page is final and it has been classified
    reread: Keyword = "no"  # "yes" once no page is left that a better engine would read
    received_at: datetime


class PageState(StrEnum):
    WAITING = "waiting"  # to be read again, on request
    READ = "read"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self is not PageState.WAITING


class Page(Derived):
    """A page as it is searched: its text, and what is known of the document it belongs to."""

    kind: ClassVar[str] = "page"

    document: Keyword
    number: Annotated[int, Searched.NUMBER]
    state: Keyword
    failure: str = ""  # key of the sentence that says why
    failure_data: dict[str, str | int] = {}
    text: Text = ""
    reading: str = ""  # name of the reading in the scan store
    confidence: float = 1.0
    width: int = 0
    height: int = 0
    dpi: int = 0
    rotation: int = 0
    image: str = ""  # name of the page's master image in the scan store
    warning: str = ""

    dossier: Keyword = ""
    dossier_number: Keyword = ""
    dossier_name: Text = ""
    scheme: Keyword = ""
    classes: Annotated[tuple[str, ...], Searched.KEYWORD] = ()
    phase: Keyword = ""
    type: Keyword = ""
    title: Text = ""
    document_number: Keyword = ""
    party: Text = ""
    date: Annotated[Day | None, Searched.DATE] = None
    year: Annotated[int, Searched.NUMBER] = 0
    volume: Keyword = ""  # {dossier}/{volume number}, empty while not arranged
    item: Annotated[int, Searched.NUMBER] = 0  # the document's item number in the volume (件号)
    specialty: Keyword = ""
    building: Keyword = ""
    file_name: Text = ""
    meta: Annotated[dict[str, str | int | float | Day | None], Searched.META] = {}
    mark: Keyword
