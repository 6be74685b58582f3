"""Who a document is by (责任者): the party the scheme says owes it, by its label on the paper; else who is named above
the date at its end; else whose letterhead it has. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.domain.document import Guess
from archive.domain.scheme import DocumentType
from ingest.classification.dates import days_in
from ingest.classification.sheet import Labelled, Piece, Sheet, plain

_END = (
    r"(?:有限责任公司|股份有限公司|有限公司|公司|集团|委员会|人民政府|局|省[\u3400-\u9fff]{2,10}厅|大学|学院|中学|小学|学校|医院|设计院|研究院|研究所"
    r"|事务所|中心|酒店|宾馆|法院|银行|协会|基建处|总务处|基本建设处|管理处|办公室|指挥部|项目部|厂|站)"
)
_NAME = re.compile(rf"[\u3400-\u9fff（）()·A-Za-z0-9]{{2,30}}{_END}(?:[\u3400-\u9fff]{{1,8}}(?:处|部|科))?")
_NOT_NAMES = re.compile(r"[，。；、？！,;]|根据|依照|按照|关于|本|该|^(管理|工程|建设|[\u3400-\u9fff]{0,2})有限公司$")
_LABEL = re.compile(r"^((?:建设|施工|设计|监理|勘察|承包|发包|审核|编制|安装|使用)单位)(?![:：])(.*)$")
_DOER = (
    "乙方",
    "承包人",
    "承包单位",
    "承包方",
    "施工单位",
    "承建单位",
    "安装单位",
    "供方",
    "卖方",
    "受托方",
    "监理人",
    "设计人",
)
_ISSUER = (
    "发文单位",
    "编制单位",
    "编写单位",
    "填报单位",
    "发证机关",
    "签发单位",
    "审核单位",
    "审批单位",
    "报告单位",
    "主送单位方",
)
_CORRESPONDENCE = re.compile(r"函|联系单|通知(?!单)|请示|批复|许可证|证书|通知书|月报|证$")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named, how likely as the responsible party (0..1), and where: page and pixels from its top."""

    name: str
    weight: float
    place: tuple[int, int]


def best_party(
    sheets: Sequence[Sheet], title: str, kind: DocumentType | None, outsiders: Sequence[str] = ()
) -> Guess | None:
    """The responsible party, as it is written on the paper. `outsiders`: names of the scheme's parties; where doers
    are among them, only what such a party owes is by it."""
    doer = 0.5 if set(map(plain, outsiders)) & set(_DOER) else 0.86
    found = sorted(_whole(list(_found(sheets, plain(title), kind, doer))), key=lambda party: -party.weight)
    if not found:
        return None
    best = found[0]
    again = len({party.place for party in found if plain(party.name) == plain(best.name)}) > 1
    sure = min(0.95, best.weight + (0.06 if again else 0.0))
    others = tuple(dict.fromkeys(p.name for p in found if plain(p.name) != plain(best.name)))
    return Guess(value=best.name, confidence=round(sure, 3), source="text", others=others[:4])


def _whole(found: Sequence[Party]) -> Iterator[Party]:
    """Without pieces of names that stand there whole elsewhere (covered by a seal, broken over lines)."""
    for party in found:
        longer = [p for p in found if plain(party.name) != plain(p.name) and plain(party.name) in plain(p.name)]
        if not any(plain(p.name).endswith(plain(party.name)) for p in longer):
            yield party


def _found(sheets: Sequence[Sheet], title: str, kind: DocumentType | None, doer: float) -> Iterator[Party]:
    owed = plain(kind.owed_by.zh) if kind and kind.owed_by else ""
    by_itself = bool(_CORRESPONDENCE.search(title))
    contract = "合同" in title or "协议" in title
    for sheet in sheets:
        for pair in (*sheet.labelled, *_glued(sheet)):
            name = organisation(pair.value)
            if name:
                weight = _weight_of_label(pair.label, owed, by_itself=by_itself)
                if not weight:
                    weight = 0.3 if by_itself or pair.label not in _DOER else 0.86 if contract else doer
                yield Party(name, weight * _clearness(pair.piece), (sheet.number, pair.piece.top))
    yield from _signed(sheets[-1:], 0.86 if by_itself else 0.8)
    if len(sheets) > 1:
        yield from _signed(sheets[:1], 0.84 if by_itself else 0.6)
    yield from _letterhead(sheets[:1], by_itself=by_itself)
    yield from _loose(sheets)


def _weight_of_label(label: str, owed: str, *, by_itself: bool) -> float:
    if label in _ISSUER:
        return 0.88
    return 0.9 if owed and label == owed and not by_itself else 0.0


def _clearness(piece: Piece) -> float:
    """Less where a seal or a stain may have changed a letter."""
    foreign = re.search(r"[\u3400-\u9fff][A-Za-z0-9][\u3400-\u9fff]", piece.text)
    return 0.8 if foreign else 1.0 if piece.confidence >= 0.97 else 0.9


def _glued(sheet: Sheet) -> Iterator[Labelled]:
    """A label whose colon a seal or the scanner has swallowed."""
    for piece in sheet.pieces:
        found = _LABEL.match(plain(piece.text))
        if found and found[2]:
            yield Labelled(found[1], found[2], piece, sheet.number)


def organisation(text: str) -> str:
    """The organisation a value names; empty where it is none."""
    words = text.strip().strip(":：")
    cut = re.split(r"\s{2,}|[（(](?:盖章|公章|章|签章)[)）]", words)[0].strip()
    found = _NAME.fullmatch(cut.replace(" ", ""))
    return found[0] if found and not _NOT_NAMES.search(cut) and not _LABEL.match(plain(cut)) else ""


def _signed(sheets: Sequence[Sheet], weight: float) -> Iterator[Party]:
    """Who stands right above, or beside, the day at the end of the paper."""
    for sheet in sheets:
        dated = [p for p in sheet.pieces if _is_dated(p) and p.top > 0.3 * sheet.height]
        for day in dated:
            for piece in _with_joined(sheet):
                near = -0.5 * day.height < day.top - piece.top < 3.2 * day.height
                over = min(piece.right, day.right) - max(piece.left, day.left) > 0.3 * (day.right - day.left)
                name = organisation(piece.text) if near and over else ""
                if name:
                    yield Party(name, weight * _clearness(piece), (sheet.number, piece.top))


def _with_joined(sheet: Sheet) -> Iterator[Piece]:
    """The pieces, and those broken by a seal joined to the next in their row."""
    yield from sheet.pieces
    for row in sheet.rows:
        for one, other in pairwise(row):
            broken = not organisation(one.text) and not organisation(other.text)
            if broken and -one.height < other.left - one.right < one.height:
                sure = min(one.confidence, other.confidence)
                yield Piece(one.text + other.text, one.left, one.top, other.right, one.bottom, one.letter, sure * 0.95)


def _is_dated(piece: Piece) -> bool:
    text = plain(piece.text)
    return any(end - start > len(text) - 5 for _, start, end, _ in days_in(text)) or bool(
        re.match(r"(19|20)\d{0,2}年\d{0,2}月?\d{0,2}日?$", text)
    )


def _letterhead(sheets: Sequence[Sheet], *, by_itself: bool) -> Iterator[Party]:
    for sheet in sheets:
        for piece in sheet.above(0.22):
            large = piece.letter > 1.3 * sheet.letter_height
            name = organisation(re.sub(r"文件$", "", piece.text.strip()))
            if large and name:
                yield Party(name, 0.84 if by_itself else 0.6, (sheet.number, piece.top))


def _loose(sheets: Sequence[Sheet]) -> Iterator[Party]:
    """Names of organisations that stand by themselves anywhere."""
    for sheet in sheets:
        for piece in sheet.pieces:
            name = organisation(piece.text)
            if name and len(name) > 4 and not piece.under_seal:
                low = piece.top > 0.6 * sheet.height
                yield Party(name, 0.5 if low else 0.35, (sheet.number, piece.top))
