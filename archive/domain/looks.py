"""What counts as a look at a record (查阅留痕): which pictures of a page are large enough to be read. Pure.

A list of results is no look: its thumbnails cannot be read, its strips show a passage as its snippets do. Opening a
dossier, a document or a page is one, and so is every picture that shows a page, or a part of it larger than a strip, as
it would be read: a page can be put together from parts.
"""

from __future__ import annotations

READABLE_DPI = 72  # at this a 10.5 point character is ten pixels high: with fewer, Chinese cannot be made out
PASSAGE = 1 / 3  # of the page; the strip around a hit is at most 95 / 400 of the page's width high
STRIP = (800, 191)  # pixels of a strip's picture at most, long and short side: two for each of the screen's 400 x 95
LONG_SIDE = 297 / 25.4  # inches; pages whose resolution is not known are taken for A4

Size = tuple[int, int]


def is_readable(page: Size, dpi: int, region: Size, shown: Size) -> bool:
    """Whether a picture shows a page so that it can be read. `page` and `region` in pixels of the page (`dpi` of them
    an inch, 0 unknown), `shown` in pixels of the picture that is made of the region."""
    if _is_strip(page, region, shown):
        return False
    known = dpi or max(page) / LONG_SIDE
    return known * max(shown[0] / region[0], shown[1] / region[1]) >= READABLE_DPI


def _is_strip(page: Size, region: Size, shown: Size) -> bool:
    is_passage = region[0] * region[1] <= PASSAGE * page[0] * page[1]
    return is_passage and max(shown) <= STRIP[0] and min(shown) <= STRIP[1]
