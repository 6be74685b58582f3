"""The date of a document: of all days named on it the one it bears itself, not those it tells of. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from archive.domain.document import Guess
from ingest.classification.sheet import Piece, Sheet, plain

EARLIEST, LATEST = 1900, 2100
FAR = 0.2  # of the page's width
SOON = 60  # days
IN_A_TABLE = "|"
HEAD = 0.45  # of the first page: where a form has its date

_SEPARATED = re.compile(
    r"(?<![\d.\-/])((?:19|20)\d{2})\s*[年.\-/·]\s*(\d{1,2})\s*[月.\-/·]\s*(\d{1,2})(?!\d|[.\-/·]\d)\s*(日|号)?"
)
_RUN_TOGETHER = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_DIGITS = "〇零○一二三四五六七八九"
_WRITTEN = re.compile(
    rf"([{_DIGITS}0Oo]{{4}})\s*年\s*([一二三四五六七八九十元]{{1,3}})\s*月\s*([一二三四五六七八九十]{{1,4}})\s*日?"
)

# What other days are called: those the paper tells of.
_FOREIGN = re.compile(
    r"开工|竣工(?!验收)|完工|计划|合同工期|保修|到期|有效|出厂|生产|报修|恢复|交付|付款|开标|投标|截止|起止|起始|终止|下次|下期"
    r"|到货|进场|出生|成立|施工期|工期|至$|止$|自$|于$|到$|前$"
)
_OWN = re.compile(r"(日期|时间|日\s*期|年月日)$")


@dataclass(frozen=True, slots=True)
class Day:
    """A day named on the paper, how likely it is the paper's own (0..1), and where."""

    value: date
    weight: float
    tier: str  # head, foot, alone, sign, body, told
    page: int
    place: float = 0.0  # pixels from the left


def days_in(text: str) -> Iterator[tuple[date, int, int, bool]]:
    """The days in a text, each with its place and whether it is written out to the end. 2023年5月8日, 2023.5.8,
    2023-05-08, 2023/5/8, 20230508, 二〇二三年五月八日."""
    folded = "".join(map(_narrow, text))
    for found in _SEPARATED.finditer(folded):
        day = _day(int(found[1]), int(found[2]), int(found[3]))
        if day:
            whole = bool(found[4]) or "年" not in found[0]
            yield day, found.start(), found.end(), whole
    for found in _WRITTEN.finditer(folded):
        day = _day(_year(found[1]), _number(found[2]), _number(found[3]))
        if day:
            yield day, found.start(), found.end(), found[0].endswith("日")
    for found in _RUN_TOGETHER.finditer(folded):
        day = _day(int(found[1]), int(found[2]), int(found[3]))
        if day:
            yield day, found.start(), found.end(), True


def _narrow(letter: str) -> str:
    """Width folded, places kept."""
    folded = unicodedata.normalize("NFKC", letter)
    return folded if len(folded) == 1 else letter


def _day(year: int, month: int, day: int) -> date | None:
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(written: str) -> int:
    digits = {**{c: i - 2 for i, c in enumerate(_DIGITS) if i > 2}, **dict.fromkeys("〇零○0Oo", 0)}
    return int("".join(str(digits[c]) for c in written))


def _number(written: str) -> int:
    """一 … 九十九; 元 is the first month."""
    if written == "元":
        return 1
    ones = {c: i - 2 for i, c in enumerate(_DIGITS) if i > 2}
    if "十" not in written:
        return ones.get(written, 0) if len(written) == 1 else 0
    before, _, after = written.partition("十")
    return (ones.get(before, 1) if before else 1) * 10 + (ones.get(after, 0) if after else 0)


def days_of(sheets: Sequence[Sheet], pages: int) -> list[Day]:
    """All days on the sheets, weighed. `pages` is the document's number of pages."""
    return [day for sheet in sheets for piece in sheet.pieces for day in _days_of_piece(sheet, piece, pages)]


def _days_of_piece(sheet: Sheet, piece: Piece, pages: int) -> Iterator[Day]:
    for value, start, end, whole in days_in(piece.text):
        before, after = plain(piece.text[:start]).rstrip(":"), plain(piece.text[end:])
        own_piece = len(before) <= 8 and len(after) <= 12
        if not before:
            before = _label_beside(sheet, piece)
            own_piece = len(after) <= 1 or bool(_OWN.search(before))
            own_piece &= before != IN_A_TABLE
        tier, weight = _tier(sheet, piece, before, own_piece=own_piece, pages=pages)
        if not whole:
            weight *= 0.7  # a digit may be missing
        yield Day(value, weight * min(1.0, piece.confidence + 0.05), tier, sheet.number, piece.left)


def _label_beside(sheet: Sheet, piece: Piece) -> str:
    """What stands left of a day: a label, or nothing where it is far off or another day; else `IN_A_TABLE`."""
    beside = sheet.left_of(piece)
    if beside is None or any(True for _ in days_in(beside.text)):
        return ""
    label = plain(beside.text).rstrip(":")
    if _OWN.search(label) or _FOREIGN.search(label):
        return label
    return "" if piece.left - beside.right > FAR * sheet.width else IN_A_TABLE


def _tier(sheet: Sheet, piece: Piece, before: str, *, own_piece: bool, pages: int) -> tuple[str, float]:
    if not own_piece:
        return "body", 0.15
    if _FOREIGN.search(before):
        return "told", 0.25
    low = piece.top > HEAD * sheet.height
    if _OWN.search(before):
        return ("foot", 0.84) if low else ("head", 0.92 if sheet.number == 1 else 0.8)
    if piece.under_seal:
        return "alone", 0.86
    if "." in piece.text or "-" in piece.text:
        return "sign", 0.7
    if low or sheet.number == pages or piece.left > 0.5 * sheet.width:
        return "alone", 0.8
    return "body", 0.3


_ORDER = ("head", "foot", "alone", "sign", "told", "body")


def best_date(sheets: Sequence[Sheet], file_name: str, pages: int) -> Guess | None:
    """The day the document bears: the form's own date field before the day above a seal, before those of signatures;
    surer where it stands there more than once."""
    found = days_of(sheets, pages)
    by_name = [day for day, *_ in days_in(PurePath(file_name).stem)]
    if not found:
        return _said(by_name[0], 0.7, "file", ()) if by_name else None
    votes: dict[date, float] = defaultdict(float)
    for day in found:
        votes[day.value] = 1 - (1 - votes[day.value]) * (1 - day.weight)
    for value in by_name:
        votes[value] = 1 - (1 - votes[value]) * 0.4
    tier = next(t for t in _ORDER if any(d.tier == t for d in found))
    chosen, sure = _chosen([d for d in found if d.tier == tier], tier, votes)
    others = tuple(v.isoformat() for v in sorted(votes, key=lambda v: -votes[v]) if v != chosen)[:4]
    return _said(chosen, sure, "text", others)


def _chosen(among: Sequence[Day], tier: str, votes: dict[date, float]) -> tuple[date, float]:
    values = sorted({day.value for day in among})
    best = max(values, key=lambda value: votes[value])
    sure = min(votes[best], 0.97)
    if tier == "head" and len({d.page for d in among}) > 1 and len(values) > 1:
        return values[-1], 0.8  # a form a page, each with its day: the last
    if tier == "sign" and len(values) > 1:
        return values[0], min(0.7, votes[values[0]])  # who wrote it signed first
    rivals = [votes[value] for value in values if value != best]
    if rivals and max(rivals) > 0.8 * votes[best]:
        sure -= 0.25
    if tier == "alone" and any(0 < (value - best).days < SOON for value in votes):
        sure -= 0.15  # it tells of later days: plans, or a digit misread
    return best, max(sure, 0.1)


def _said(value: date, sure: float, source: str, others: tuple[str, ...]) -> Guess:
    return Guess(value=value.isoformat(), confidence=round(sure, 3), source=source, others=others)
