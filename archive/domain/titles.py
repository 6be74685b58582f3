"""What papers are called to one person: those that may be seen by their titles, of the others only how many. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archive.domain.access import Access
from archive.domain.document import Document
from archive.domain.scheme import Label


def titles_for(access: Access, documents: Iterable[Document]) -> list[Label]:
    """First how many may not be seen, where there are such, then the titles of the others."""
    papers = list(documents)
    titles = [paper.title or paper.file_name for paper in papers if access.allows(paper.mark)]
    unseen = len(papers) - len(titles)
    untold = [Label(zh=f"{unseen} 件无权查看", en=f"{unseen} not for you")] if unseen else []
    return [*untold, *(Label(zh=title, en=title) for title in titles)]


def joined(names: Sequence[Label]) -> Label:
    """Names as one sentence lists them."""
    return Label(zh="、".join(name.zh for name in names), en=", ".join(name.en for name in names))
