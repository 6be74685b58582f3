"""The classifier of `archive.ports`: puts together what the parts of this package find.

Looks at the first two pages and the last, where a paper says what it is, by whom and of when; a diary of several forms
has its days in between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from archive.domain.document import Guess
from archive.domain.scheme import DocumentType, Scheme
from archive.ports import Paper
from ingest.classification.dates import best_date
from ingest.classification.kinds import (
    Evidence,
    Scored,
    guess_class,
    guess_phase,
    guess_type,
    scored_types,
)
from ingest.classification.numbers import best_number
from ingest.classification.parties import best_party
from ingest.classification.sheet import Sheet, plain, sheet_of
from ingest.classification.titles import best_title
from ingest.classification.vocabulary import guess_scheme

FEW = 12  # pages up to which all are looked at
HEAD = 0.4
PROJECT_SURE = 0.85  # a name that stands behind its label
DRAWING_FILES = (".dwg", ".dxf", ".dwf")
_CUSTOMER = ("客户名称", "甲方", "发包人", "建设单位")
_WORKS = ("工程名称", "建设项目名称", "项目名称", "单位工程")
_PROJECT = ("客户名称", "甲方", "发包人", *_WORKS, "建设单位")
SHORTEST_NAME = 4  # of a project or customer, in characters
_NO_NAME = re.compile(r"(单位|名称|编号|面积|金额|日期)$")  # the next label, of an empty field
_OWNER = re.compile(r"^[\u3400-\u9fff]{2,12}?(?:大学|学院|中学|小学|学校|公司|集团|医院)(?=.{4})")


class SchemeClassifier:
    """Guesses by field: scheme, type, phase, title, date (ISO), number, party, specialty of drawings and changes,
    `project`, what the paper calls the project or its customer, and `cls`, the class that name points at. What nothing
    is known of is left out."""

    def guess(self, paper: Paper, schemes: Sequence[Scheme]) -> Mapping[str, Guess]:
        """As `archive.ports.Classifier`."""
        if not schemes:
            return {}
        sheets = _sheets(paper)
        drawing = paper.drawing or PurePath(paper.file_name).suffix.lower() in DRAWING_FILES
        title = best_title(sheets, paper.file_name, paper.title, drawing=drawing)
        seen = _evidence(paper, sheets, title, drawing=drawing)
        text = "\n".join((seen.body, seen.name, seen.title))
        in_scheme = guess_scheme(text, seen.folder, schemes, has_pages=seen.has_pages)
        scheme = next((s for s in schemes if in_scheme and s.id == in_scheme.value), schemes[0])
        scored = scored_types(seen, scheme)
        by_words = guess_type(seen, scored)
        kind = _no_surer(by_words, in_scheme)
        found = {
            "scheme": in_scheme,
            "type": kind,
            "phase": guess_phase(seen, scheme, by_words),
            "title": title,
            "date": best_date(sheets, paper.file_name, len(paper.readings)),
            "number": best_number(sheets, paper.file_name, drawing=drawing, contract=_is_contract(title)),
            "party": best_party(
                sheets, title.value if title else "", _type_of(kind, scored), [party.zh for party in scheme.parties]
            )
            if sheets
            else None,
            "specialty": _specialty(sheets, scheme, drawing=drawing),
            "project": _project(sheets),
            "cls": guess_class(scheme, [seen.folder, *_project_names(sheets), seen.title]),
        }
        return {name: guess for name, guess in found.items() if guess is not None}


def _sheets(paper: Paper) -> list[Sheet]:
    """The pages a paper is judged by, without those that failed."""
    count = len(paper.readings)
    numbers = range(count) if count <= FEW else (0, 1, count - 2, count - 1)
    loaded = ((number, paper.readings[number]) for number in numbers)
    return [sheet_of(reading, number + 1) for number, reading in loaded if reading is not None]


def _evidence(paper: Paper, sheets: Sequence[Sheet], title: Guess | None, *, drawing: bool) -> Evidence:
    head = "\n".join(plain(piece.text) for piece in sheets[0].above(HEAD)) if sheets else ""
    name = re.sub(r"^\d{1,3}[._\-、]?", "", plain(PurePath(paper.file_name).stem))
    return Evidence(
        title=plain(title.value) if title else "",
        name=name,
        head=head,
        body="\n".join(sheet.text for sheet in sheets),
        folder=plain(paper.folder),
        drawing=drawing,
        has_pages=bool(sheets),
    )


def _no_surer(guess: Guess | None, than: Guess | None) -> Guess | None:
    """A type is one of its scheme's: no surer than that."""
    if guess is None or than is None or guess.confidence <= than.confidence:
        return guess
    return guess.model_copy(update={"confidence": than.confidence})


def _type_of(kind: Guess | None, scored: Sequence[Scored]) -> DocumentType | None:
    return next((s.type for s in scored if kind and s.type.id == kind.value), None)


def _is_contract(title: Guess | None) -> bool:
    return bool(title and re.search(r"合同|协议", title.value))


def _project_names(sheets: Sequence[Sheet]) -> list[str]:
    """What the first page calls the project or the customer."""
    return _named(sheets, _PROJECT)


def _named(sheets: Sequence[Sheet], labels: Sequence[str]) -> list[str]:
    named = {pair.label: plain(pair.value) for sheet in sheets[:1] for pair in sheet.labelled}
    return [named[label] for label in labels if label in named]


def _project(sheets: Sequence[Sheet]) -> Guess | None:
    """The name of the project, else the customer's; among the others the project without its owner's name."""
    parts = [re.split(r"[。，,；;]", name)[0] for name in _named(sheets, (*_WORKS, *_CUSTOMER))]
    whole = dict.fromkeys(part for part in parts if len(part) >= SHORTEST_NAME and not _NO_NAME.search(part))
    names = list(dict.fromkeys([*whole, *(_OWNER.sub("", name) for name in whole)]))
    return Guess(value=names[0], confidence=PROJECT_SURE, source="text", others=tuple(names[1:])) if names else None


def _specialty(sheets: Sequence[Sheet], scheme: Scheme, *, drawing: bool) -> Guess | None:
    """What the field 专业 of a drawing's title block or of a form names, where that is one of the scheme's."""
    for sheet in sheets[:1]:
        for pair in sheet.labelled:
            value = plain(pair.value)
            named = [s for s in scheme.specialties if any(plain(word) in value for word in (s.label.zh, *s.words))]
            if pair.label == "专业" and len(value) <= 12 and named:
                first = min(named, key=lambda s: min(value.find(w) for w in (s.label.zh, *s.words) if w in value))
                sure = 0.9 if len(named) == 1 and drawing else 0.85
                return Guess(value=first.id, confidence=sure, source="text", others=tuple(s.id for s in named[1:]))
    return None
