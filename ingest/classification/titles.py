"""The title of a document: large, centred, near the top of its first page; on a drawing what its title block says.
Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from archive.domain.document import Guess
from ingest.classification.sheet import Piece, Sheet, plain

TOP = 0.45  # titles begin in this part of the page
LARGE = 1.3  # times the running text
CENTRED = 0.09  # of the page's width: how far off the middle
LONGEST = 60

# What papers are called: the word a title ends with.
KINDS = re.compile(
    r"(合同书?|协议书?|报告书?|记录[表单]?|纪要|通知书?|通知单|联系单|日志|日记|月报|周报|年报|总结|方案|细则|规划|大纲"
    r"|许可证|证书|合格证|证明书?|手册|说明书|一览表|清单|清册|名册|目录|预算书?|决算书?|结算书?|概算书?|定案表|表|单"
    r"|函|批复|请示|通报|公告|通告|意见书?|决定|申请书?|鉴定书|保修书|委托书|任务书|计划书?|图|标书|投标文件|招标文件)"
    r"([（(].{1,20}[)）])?$"
)
_ORGANISATION = re.compile(r"(公司|集团|局|委员会|政府|大学|学院|中学|小学|医院|酒店|处|部|办公室|法院)(文件)?$")
_STATE = "中华人民共和国"
_ISSUE = re.compile(r"第\s*[\d一二三四五六七八九十]+\s*[期次号]")
_MONTH = re.compile(r"(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月(?!\s*\d)")
_ORDINAL = re.compile(r"^\s*\d{1,3}[\s._\-、]+")
_SENTENCE = re.compile(r"[，。；：:,;]")
_PERIODIC = re.compile(r"(纪要|月报|周报|简报)$")


@dataclass(frozen=True, slots=True)
class Title:
    text: str
    confidence: float
    source: str


def title_of_sheets(sheets: Sequence[Sheet], *, drawing: bool) -> Title | None:
    """The title as it stands on the paper."""
    if not sheets:
        return None
    return (_of_title_block(sheets[0]) if drawing else None) or _of_heading(sheets[0])


def _of_title_block(sheet: Sheet) -> Title | None:
    """图名 in the title block, which stands at the lower right."""
    for found in sheet.labelled:
        low = found.piece.top > 0.6 * sheet.height and found.piece.left > 0.4 * sheet.width
        if low and found.label in ("图名", "图纸名称", "图纸名") and len(found.value) > 1:
            name = re.sub(r"\s*[（(]竣工图?[）)]$", "", found.value)
            return Title(name, 0.92 if name.endswith("图") else 0.8, "text")
    return None


def _of_heading(sheet: Sheet) -> Title | None:
    runs = _runs(_large_lines(sheet))
    if not any(KINDS.search(plain(_joined(run))) for run in runs):
        subject = _subject(sheet)
        if subject is not None:
            return Title(subject.text.strip()[:LONGEST], 0.85, "text")
    if not runs:
        return None
    parts = max(runs, key=lambda run: (bool(KINDS.search(plain(_joined(run)))), max(p.letter for p in run)))
    text = _joined(parts)
    sure = 0.9 if KINDS.search(plain(text)) else 0.4 if _ORGANISATION.search(plain(text)) else 0.7
    return Title(f"{text} {_addition(sheet, parts, text)}".strip()[:LONGEST], sure, "text")


def _subject(sheet: Sheet) -> Piece | None:
    """The line of a letter that says what it is about (关于……): centred, no larger than the rest."""
    centred = (p for p in sheet.above(TOP) if abs(p.middle[0] - sheet.width / 2) < CENTRED * sheet.width)
    return next((p for p in centred if plain(p.text).startswith("关于") and not _SENTENCE.search(p.text)), None)


def _large_lines(sheet: Sheet) -> list[Piece]:
    """The large centred lines at the top, from above, without letterhead."""
    body = sheet.letter_height
    large = sorted((p for p in sheet.above(TOP) if _is_heading(p, sheet, body)), key=lambda p: p.top)
    return [line for line in large if not _is_letterhead(line, large)]


def _runs(lines: Sequence[Piece]) -> list[list[Piece]]:
    """Lines of one title: of like height, close under each other; the end of a title ends the run."""
    runs: list[list[Piece]] = []
    for line in lines:
        last = runs[-1][-1] if runs else None
        if last is not None and _goes_on(last, line):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _goes_on(last: Piece, line: Piece) -> bool:
    close = line.top - last.bottom < 1.8 * last.height
    alike = 0.7 < line.letter / last.letter < 1.4
    return close and alike and not KINDS.search(plain(last.text)) and not _SENTENCE.search(line.text)


def _is_heading(piece: Piece, sheet: Sheet, body: float) -> bool:
    centred = abs(piece.middle[0] - sheet.width / 2) < CENTRED * sheet.width
    words = len(plain(piece.text)) >= 2 and not piece.under_seal
    return words and centred and piece.letter > LARGE * body and not _SENTENCE.search(piece.text)


def _is_letterhead(line: Piece, lines: Sequence[Piece]) -> bool:
    text = plain(line.text)
    followed = any(other.top > line.top for other in lines)
    return followed and (
        text == _STATE or bool(_ORGANISATION.search(text)) or not re.search(r"[\u3400-\u9fff\d]", text)
    )


def _joined(parts: Sequence[Piece]) -> str:
    text = ""
    for part in parts:
        gap = " " if text and text[-1].isascii() and text[-1].isalnum() else ""
        text += gap + part.text.strip()
    return text


def _addition(sheet: Sheet, parts: Sequence[Piece], text: str) -> str:
    """The issue of what comes in issues (第 12 期), which stands under the title."""
    if not _PERIODIC.search(plain(text)):
        return ""
    last = max(parts, key=lambda p: p.bottom)
    under = [p.text for p in sheet.pieces if last.bottom <= p.middle[1] < last.bottom + 3 * last.height]
    found = [m[0] for words in under for pattern in (_MONTH, _ISSUE) if (m := pattern.search(words))]
    return " ".join(found)


def title_of_name(file_name: str) -> Title | None:
    """What the file's name says: without its counter; None where it has no words."""
    stem = _ORDINAL.sub("", PurePath(file_name).stem).strip()
    words = len(re.findall(r"[\u3400-\u9fff]", stem))
    if words < 3:
        return None
    return Title(stem, 0.7 if KINDS.search(plain(stem)) else 0.55, "file")


def best_title(sheets: Sequence[Sheet], file_name: str, metadata: str, *, drawing: bool) -> Guess | None:
    """The title of the paper, surer where the file's name agrees; else the file's metadata or name."""
    on_paper = title_of_sheets(sheets, drawing=drawing)
    by_name = title_of_name(file_name)
    if on_paper is None:
        return _guess(by_name, (metadata,)) if by_name else None
    sure = on_paper.confidence
    if by_name and _agree(on_paper.text, by_name.text):
        sure = min(0.97, sure + 0.12)
    others = tuple(dict.fromkeys(t for t in (by_name.text if by_name else "", metadata) if t and t != on_paper.text))
    return Guess(value=on_paper.text, confidence=round(sure, 3), source=on_paper.source, others=others)


def _guess(title: Title, others: Sequence[str]) -> Guess:
    rest = tuple(other for other in others if other and other != title.text)
    return Guess(value=title.text, confidence=title.confidence, source=title.source, others=rest)


def _agree(one: str, other: str) -> bool:
    one, other = plain(one), plain(other)
    return one in other or other in one or len(set(one) & set(other)) >= 0.7 * min(len(set(one)), len(set(other)))
