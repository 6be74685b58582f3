"""Which texts, keywords and orders of a page are searched: the same for every engine, which gives them its own types.

`text` are the page's own words; `head` what is known of its document and dossier, on the document's first page alone,
so that a dossier's name finds each of its documents once; `title` and the like answer `title:`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from archive.domain.document import Page
from search.analysis import Tokens, squeezed, tokens

# What typed fields ask, and the page's own field behind each.
WORDED = {"title": "title", "number": "document_number", "party": "party", "file": "file_name"}
KEYWORDS = (
    "document",
    "dossier",
    "scheme",
    "classes",
    "phase",
    "type",
    "volume",
    "specialty",
    "building",
    "mark",
    "state",
)
COUNTED = ("scheme", "classes", "phase", "type", "specialty", "building", "state")  # what facets may be asked of
HEAD = ("title", "document_number", "dossier_number", "dossier_name", "party", "file_name")
TEXTS = ("text", "head", "title", "number", "party", "file", "dossier")

_NOT_ARRANGED = (1 << 20) - 1  # behind every volume


def texts_of(page: Page) -> Iterator[tuple[str, str]]:
    """Name out of TEXTS and text; texts of one name given apart are never one phrase."""
    yield "text", page.text
    for name, field in WORDED.items():
        yield name, getattr(page, field)
    yield "dossier", page.dossier_number
    yield "dossier", page.dossier_name
    if page.number == 1:
        yield from (("head", getattr(page, field)) for field in HEAD)
        yield from (("head", str(value)) for name, value in page.meta.items() if name.endswith(("_k", "_t")))


def ready_tokens(name: str, text: str) -> Tokens:
    """The tokens of a text that is called `name`."""
    return tokens(text) if name == "text" else _tokens_again(text)


@lru_cache(maxsize=4096)
def _tokens_again(text: str) -> Tokens:
    """Titles and names, which all pages of a document repeat."""
    return tokens(text)


def folded_keyword(value: object) -> str:
    """A scheme's own keyword as it is compared: width, case and punctuation do not count."""
    return squeezed(str(value))


def volume_order(page: Page) -> int:
    """Where the page's paper lies in its dossier, by volume and item; what is not arranged comes last."""
    number = page.volume.rpartition("/")[2]
    volume = min(int(number), _NOT_ARRANGED) if number.isdecimal() else _NOT_ARRANGED
    return volume << 20 | min(page.item, (1 << 20) - 1)
