"""The remarks sheet of a volume (卷内备考表) in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.domain.document import Document
from archive.domain.dossier import RemarkLine, Volume
from webui.language import words

WITH_TITLE = re.compile(r"补件：.*，(\d+) 页")  # a late paper as it was written before lines named papers by id


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    by: str
    text: str


def remark_lines(volume: Volume, known: Mapping[str, Document]) -> list[Line]:
    """Its lines. `known` are the documents that may be seen: only their titles are told."""
    unseen = any(item.document not in known for item in volume.items)
    return [Line(line.at, line.by, _said(line, known, unseen=unseen)) for line in volume.remarks]


def _said(line: RemarkLine, known: Mapping[str, Document], *, unseen: bool) -> str:
    if line.document in known:
        paper = known[line.document]
        return words("Late paper: {title}, {n} {n?page|pages}", title=paper.title or paper.file_name, n=line.pages)
    if line.document:
        return words("Late paper, {n} {n?page|pages}", n=line.pages)
    with_title = WITH_TITLE.fullmatch(line.text)
    return words("Late paper, {n} {n?page|pages}", n=int(with_title[1])) if with_title and unseen else line.text
