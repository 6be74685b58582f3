"""The number a document bears (文号、编号、图号), told from the numbers it only refers to. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from archive.domain.document import Guess
from ingest.classification.sheet import Labelled, Sheet, plain

HEAD = 0.45
COVER = 15  # a first page of fewer pieces is a cover

_OWN = re.compile(r"^(编号|文号|发文字号|字号|档号|函号|总编号|顺序号|No\.?|NO\.?)$")
_NAMED = re.compile(
    r"^(合同|协议|资料|文件|报告|记录|证书|许可证|通知单?|联系单|变更单?|会议|纪要|单据|表格?|试验|检验|检测|委托|申请|方案)"
    r"[书单]?(编号|号|号码)$"
)
_CONTRACT = re.compile(r"^(合同|协议)书?(编号|号)$")
_DRAWING = re.compile(r"^(图号|图纸编号|图纸号)$")
_SHEET_NUMBER = r"[\u3400-\u9fff]{1,3}[总施修改通竣初]?[\-—–−][A-Za-z]?\d{1,3}"

_BRACKETED = re.compile(
    r"([\u3400-\u9fff]{1,12})\s*[〔\[［（(【〈《]\s*((?:19|20)\d{2})\s*[〕\]］）)】〉》]\s*第?\s*(\d{1,5})\s*号?"
)
_SAID_BRACKETED = re.compile(r"^编号[:： ]?")
_PERMIT = re.compile(r"^[\u3400-\u9fff]{1,6}字?第\s*[\d\-]{4,}\s*号$")
_VALUE = re.compile(r"[A-Za-z0-9\u3400-\u9fff〔〕\[\]()（）/_.·&\-—–−]{2,40}")
_CODE = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z\u3400-\u9fff]{1,8}(?:[\-—–−/][A-Za-z0-9\u3400-\u9fff]{1,8}){0,3}[\-—–−/]\d{1,6}"
)
_DASHES = re.compile(r"\s*[—–−‐]\s*")


@dataclass(frozen=True, slots=True)
class Number:
    value: str
    weight: float
    page: int


def tidy(number: str) -> str:
    """A number as it is kept: width and dashes as on a keyboard, no spaces, the brackets of issuing numbers 〔〕."""
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", number)).strip(" .,;:、。：；")
    text = re.sub(r"\s+", "", text)
    found = _BRACKETED.fullmatch(text)
    if found:
        return f"{found[1]}〔{found[2]}〕{found[3]}" + ("号" if text.endswith("号") else "")
    return text


def best_number(sheets: Sequence[Sheet], file_name: str, *, drawing: bool, contract: bool) -> Guess | None:
    """The document's own number, surer where the file's name has it too."""
    if not sheets:
        return _of_name(file_name, drawing=drawing)
    found = list(_found(sheets, drawing=drawing, contract=contract))
    if not found:
        return _of_name(file_name, drawing=drawing)
    best = max(found, key=lambda number: (number.weight, -number.page))
    sure = best.weight
    if plain(best.value) in plain(PurePath(file_name).stem):
        sure = 0.97
    rivals = {n.value for n in found if n.value != best.value and n.weight > best.weight - 0.06}
    if rivals:
        sure = min(sure, 0.7)
    others = tuple(dict.fromkeys(n.value for n in sorted(found, key=lambda n: -n.weight) if n.value != best.value))
    return Guess(value=best.value, confidence=round(sure, 3), source="text", others=others[:4])


def _found(sheets: Sequence[Sheet], *, drawing: bool, contract: bool) -> Iterator[Number]:
    for sheet in sheets:
        pairs = [*sheet.labelled, *_unparted(sheet)]
        for pair in pairs:
            weight = _weight(pair, sheet, drawing=drawing, contract=contract)
            value = _value(pair.value)
            if weight and value:
                yield Number(value, weight, sheet.number)
        if sheet.number == 1 and not drawing:
            yield from _issuing_numbers(sheet)


def _weight(pair: Labelled, sheet: Sheet, *, drawing: bool, contract: bool) -> float:
    cover = sheet.number == 1 and len(sheet.pieces) < COVER
    head = pair.piece.top < (2 * HEAD if cover else HEAD) * sheet.height
    if drawing:
        low = pair.piece.top > 0.6 * sheet.height and pair.piece.left > 0.4 * sheet.width
        return (0.93 if low else 0.6) if _DRAWING.match(pair.label) else 0.0
    if not head:
        return 0.0
    first = 0.0 if sheet.number == 1 else 0.05
    if _CONTRACT.match(pair.label):
        return (0.95 if contract else 0.3) - first
    if _OWN.match(pair.label):
        return 0.92 - first
    return 0.88 - first if _NAMED.match(pair.label) else 0.0


def _unparted(sheet: Sheet) -> Iterator[Labelled]:
    """A label and its value without a colon between (编号云建施字〔2021〕086号), or in the middle of a line."""
    for piece in sheet.above(HEAD):
        for found in re.finditer(r"(合同编号|编号)[:：\s]*([A-Za-z0-9\u3400-\u9fff〔\[(（].*)$", piece.text):
            if found.start() == 0 and re.match(r"(合同编号|编号)\s*[:：]", piece.text):
                continue  # parted by a colon: found already
            if (
                found.start() > 0
                and not piece.text[found.start() - 1].isspace()
                and piece.text[found.start() - 1] not in ")）"
            ):
                continue  # 出厂编号, 招标编号
            yield Labelled(found[1], found[2], piece, sheet.number)


def _value(text: str) -> str:
    found = _BRACKETED.match(text) or _VALUE.match(text.replace(" ", ""))
    value = tidy(found[0]) if found else ""
    return value if any(c.isdigit() for c in value) else ""


def _issuing_numbers(sheet: Sheet) -> Iterator[Number]:
    """发文字号 and the numbers of permits, which stand alone near the top."""
    for piece in sheet.above(HEAD):
        text = _SAID_BRACKETED.sub("", unicodedata.normalize("NFKC", piece.text).strip())
        if _BRACKETED.fullmatch(text) or _PERMIT.fullmatch(text):
            yield Number(tidy(text), 0.92, sheet.number)


def _of_name(file_name: str, *, drawing: bool) -> Guess | None:
    stem = re.sub(r"^\s*\d{1,3}[\s._、]+", "", PurePath(file_name).stem)
    found = re.search(_SHEET_NUMBER, stem) if drawing else None
    found = found or _CODE.search(stem)
    if not found:
        return None
    return Guess(value=tidy(found[0]), confidence=0.8 if drawing else 0.7, source="file")
