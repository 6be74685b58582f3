"""What is known of a page by itself, apart from how it is filed. Kept beside the scan, so that the index can be made
anew. Pure."""

from __future__ import annotations

from archive.domain.document import PageState
from archive.domain.record import Part


class PageFacts(Part):
    """`image` names the page's own picture and `reading` what was read from it, both in the scan store. `text` is
    not repeated here: it is the reading's."""

    number: int  # from 1, in the document
    state: PageState
    failure: str = ""  # key of a sentence
    failure_data: dict[str, str | int] = {}
    image: str = ""
    reading: str = ""
    confidence: float = 1.0
    width: int = 0  # pixels
    height: int = 0
    dpi: int = 0  # 0 = unknown
    rotation: int = 0
    drawing: bool = False
    blank: bool = False  # nothing but paper, and no text was read
    warning: str = ""
    not_better: bool = False  # a better engine was tried and could not read it
