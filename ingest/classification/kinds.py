"""Which type, phase and class of a scheme a document belongs to, by the words the schemes recognise them by. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.domain.document import Guess
from archive.domain.scheme import Class, DocumentType, Scheme
from ingest.classification.sheet import plain
from ingest.classification.titles import KINDS
from ingest.classification.wording import find_word, same_ending

TITLE, NAME, HEAD, BODY = 3.0, 1.8, 0.5, 0.12
MOST_HEAD, MOST_BODY = 1.0, 0.5
LEAST = 0.3  # of a score
RIVAL = 0.8
AS_BUILT = 4.0  # the stamp of an as-built drawing outweighs what its title block says
LEGAL_FORMS = ("公司", "集团", "有限公司")
NAMED = 0.45  # of a title's fit: below it a paper is called something no type is called

# What all offices call papers, beside the scheme's own words: how such a title ends → what the type's label holds.
_GENRES = (
    (re.compile(r"(函|联系单|通知|告知书|传真|来信|复函|事)$"), re.compile(r"函|往来|联系")),
    (re.compile(r"(日志|日记)$"), re.compile(r"日志|日记|施工记录|安装记录")),
    (re.compile(r"(手册|说明书|保修卡)$"), re.compile(r"手册|随机资料")),
    (re.compile(r"(合同书?|协议书?)$"), re.compile(r"^合同|协议")),
    (re.compile(r"(试验记录|试验报告|检测报告|测试记录|测试录音|录音)$"), re.compile(r"试验|测试|录音")),
)
_LETTER = re.compile(r"收悉|此致|专此|顺颂|特此函|函复|敬请函")


@dataclass(frozen=True)
class Evidence:
    """What a document shows, each text `plain`. `drawing`: it is a sheet larger than A3, or a drawing's file."""

    title: str
    name: str
    head: str
    body: str
    folder: str = ""
    drawing: bool = False
    has_pages: bool = True


@dataclass(frozen=True, slots=True)
class Scored:
    type: DocumentType
    score: float
    title: float  # the part of the score that the title gave, 0..1


def scored_types(seen: Evidence, scheme: Scheme) -> list[Scored]:
    """All types of the scheme, the best first."""
    words = {type_.id: _words_of(type_) for type_ in scheme.types}
    every = {word for own in words.values() for word in own}
    places = {name: _longest(every, text) for name, text in _places(seen).items()}
    found = [_scored(seen, type_, words[type_.id], places) for type_ in scheme.types]
    return sorted(found, key=lambda scored: -scored.score)


def _places(seen: Evidence) -> dict[str, str]:
    return {"title": seen.title, "name": seen.name, "head": seen.head, "body": seen.body}


def _longest(words: set[str], text: str) -> set[str]:
    """The words found in the text, without those that are a part of a longer one found there: 可行性研究报告的批复 is
    no 可行性研究报告."""
    there = {word for word in words if word in text}
    return {word for word in there if not any(word != other and word in other for other in there)}


def _scored(seen: Evidence, type_: DocumentType, words: Sequence[str], places: dict[str, set[str]]) -> Scored:
    by_title = max((_in_name(w, seen.title) for w in words if _counts(w, seen.title, places["title"])), default=0.0)
    by_name = max((_in_name(w, seen.name) for w in words if _counts(w, seen.name, places["name"])), default=0.0)
    genre = _by_genre(seen, plain(type_.label.zh))
    soft = max((_by_ending(word, seen.title or seen.name) for word in words), default=0.0)
    named = max(by_title, 0.85 * genre, soft)
    score = TITLE * named + NAME * by_name
    score += min(MOST_HEAD, sum(HEAD for word in words if len(word) > 2 and word in places["head"]))
    score += min(MOST_BODY, sum(BODY for word in words if word in places["body"]))
    return Scored(type_, score + _drawn(seen, type_), max(named, 0.85 * by_name))


def _counts(word: str, text: str, longest: set[str]) -> bool:
    return word in longest or word not in text  # not there exactly: looked for by likeness


def _words_of(type_: DocumentType) -> list[str]:
    label = re.split(r"[、与和或]", type_.label.zh)
    return list(dict.fromkeys(plain(word) for word in (*type_.words, *label) if len(word) > 1))


def _in_name(word: str, name: str) -> float:
    """How much a word says that stands in a title, 0..1: long ones and those at its end most."""
    if not name:
        return 0.0
    quality, end = find_word(word, name)
    if not quality:
        return 0.0
    core = re.sub(r"([（(].*[)）]|第[\d一二三四五六七八九十]+[期次号]|[\d年月日至\-.]+|[A-Za-z]+[\-\d]+)+$", "", name)
    last = end >= len(core)
    if len(word) < 3 and not last:
        return 0.0
    return quality * min(1.0, (0.72 if last else 0.45) + 0.05 * len(word))


def _by_genre(seen: Evidence, label: str) -> float:
    for ending, labels in _GENRES:
        if labels.search(label):
            if ending.search(seen.title) or ending.search(seen.name):
                return 0.8
            if labels is _GENRES[0][1] and _LETTER.search(seen.body):
                return 0.6
    return 0.0


def _by_ending(word: str, title: str) -> float:
    """A title whose last word is the last word of what the scheme names."""
    common = same_ending(word, title)
    return 0.15 + 0.08 * min(common, 4) if common >= 2 else 0.0


def _drawn(seen: Evidence, type_: DocumentType) -> float:
    if not type_.drawing:
        return -2.0 if seen.drawing else 0.0
    if not seen.drawing:
        return -2.0 if seen.has_pages else 0.0
    as_built = "竣工" in type_.label.zh
    said = "竣工图" in seen.body or "竣工图" in seen.name or bool(re.search(r"[（(]?竣[\-—]\d", seen.name + seen.body))
    return 2.0 + (AS_BUILT if as_built and said else -0.5 if as_built else 0.0)


def guess_type(seen: Evidence, scored: Sequence[Scored]) -> Guess | None:
    """The best type. Sure where the title names it and no other."""
    best = scored[0]
    other = next((s for s in scored if s.type.label.zh.startswith("其他")), None)
    if other and not seen.drawing and best.title < NAMED and KINDS.search(seen.title):
        candidates = tuple(s.type.id for s in scored[:3] if s is not other and s.score > LEAST)
        return Guess(value=other.type.id, confidence=0.5, source="text", others=candidates)
    if best.score <= LEAST:
        return None
    rival = scored[1].score if len(scored) > 1 else 0.0
    sure = _sureness(best)
    if rival > RIVAL * best.score:
        sure *= 0.75
    if not seen.has_pages:
        sure = min(0.75, sure * 0.85)  # a name alone
    others = tuple(s.type.id for s in scored[1:4] if s.score > 0.3 * best.score)
    return Guess(value=best.type.id, confidence=round(sure, 3), source="text", others=others)


def _sureness(best: Scored) -> float:
    if best.type.drawing:
        return 0.9 if best.score >= 3.5 else 0.75
    if best.title >= 0.9:
        return 0.95
    if best.title >= 0.75:
        return 0.9
    if best.title >= 0.6:
        return 0.82
    return 0.35 + min(0.35, 0.12 * best.score)


def guess_phase(seen: Evidence, scheme: Scheme, kind: Guess | None) -> Guess | None:
    """The phase the folder names, or, where the type is not sure, the one whose words the title has. None leaves the
    phase to the type."""
    in_folder = [p for p in scheme.phases if _names_phase(seen.folder, p.label.zh)]
    if len(in_folder) == 1:
        return Guess(value=in_folder[0].id, confidence=0.9, source="folder")
    if kind is not None and kind.confidence >= 0.7:
        return None
    title = seen.title or seen.name
    counted = [(sum(len(w) for w in phase.words if w in title), phase.id) for phase in scheme.phases]
    best = max(counted)
    if best[0] == 0 or sum(count == best[0] for count, _ in counted) > 1:
        return None
    return Guess(value=best[1], confidence=0.7, source="text")


def _names_phase(folder: str, label: str) -> bool:
    """The folder is called like the phase: 竣工, 03 竣工文件, 施工阶段. A project's name is no phase."""
    return bool(re.fullmatch(rf"[\d._\-、]*{re.escape(label)}(阶段|文件|资料|期)?", folder))


def guess_class(scheme: Scheme, texts: Sequence[str]) -> Guess | None:
    """The leaf of the class tree whose words the project's name has; `texts` from the surest to the least."""
    for rank, text in enumerate(filter(None, texts)):
        for top in scheme.classes:
            chosen = _descend(top, text)
            if chosen is not top:
                return Guess(value=chosen.code, confidence=round(0.85 - 0.15 * rank, 3), source="text")
    return None


def _descend(top: Class, text: str) -> Class:
    found = [(text.rfind(word), word, c) for c in top.children for word in c.words if word in text]
    found = [match for match in found if match[1] not in LEGAL_FORMS] or found  # 酒店管理有限公司 is a hotel
    if not found:
        return top
    below = max(found, key=lambda match: match[0])[2]
    if not below.children:
        return below
    deeper = _descend(below, text)
    return deeper if deeper is not below else next((c for c in below.children if not c.words), below)
