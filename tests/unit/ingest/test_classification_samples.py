"""How well papers are recognised, on the sample dossiers as the default engine reads them: how many of each field's
guesses are right, and that those above the review threshold can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

import schemes
from archive.config import Settings
from archive.domain.document import Guess
from archive.domain.scheme import Scheme
from archive.domain.scheme_file import read_scheme
from archive.ports import Paper
from bench.pages import documents, pages_of
from bench.readings import kept_reading
from ingest.classification import SchemeClassifier
from ingest.classification.sheet import plain

SURE = Settings().review_below
SCHEMES: dict[str, Scheme] = {name: read_scheme(text, name) for name, text in schemes.shipped().items()}

Guesses = Mapping[str, Guess]


@dataclass(frozen=True)
class Case:
    """One file of the samples: what is true of it and what was guessed."""

    name: str
    truth: Mapping[str, str]
    guesses: Guesses
    text: str


def truth_of(dossier: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, str]:
    scheme = SCHEMES[dossier["scheme"]]
    kind = next(type_.id for type_ in scheme.types if type_.label.zh == entry["type"])
    fields = {name: str(entry[name]) for name in ("title", "date", "number", "party", "phase")}
    return {"scheme": scheme.id, "type": kind, **fields}


def paper_of(dossier: Mapping[str, Any], entry: Mapping[str, Any], *, bare: bool) -> Paper:
    """`bare`: as it comes from a scanner, its name and folder say nothing."""
    pages = pages_of(dict(dossier), dict(entry))
    name = "scan0001.pdf" if bare else entry["file"]
    folder = "" if bare else dossier["folder"].rsplit("/", 1)[-1]
    return Paper([kept_reading(page) for page in pages], name, folder, "", any(p.kind == "drawing" for p in pages))


def cases(*, bare: bool) -> list[Case]:
    """Papers with pages; a bare one is not told its scheme."""
    classifier = SchemeClassifier()
    found = []
    for dossier, entry in documents():
        if not entry["truth"]:
            continue
        given = list(SCHEMES.values()) if bare else [SCHEMES[dossier["scheme"]]]
        paper = paper_of(dossier, entry, bare=bare)
        text = plain("".join(reading.text for reading in paper.readings if reading))
        name = f"{dossier['number']} {entry['file']}"
        found.append(Case(name, truth_of(dossier, entry), classifier.guess(paper, given), text))
    return found


@pytest.fixture(scope="module")
def named() -> list[Case]:
    return cases(bare=False)


@pytest.fixture(scope="module")
def bare() -> list[Case]:
    return cases(bare=True)


def phase_of(case: Case) -> str:
    """As filing takes it: the type's, unless a phase is guessed that is surer."""
    kind, phase = case.guesses.get("type"), case.guesses.get("phase")
    scheme = SCHEMES[case.guesses["scheme"].value]
    type_ = scheme.type(kind.value) if kind else None
    if phase and (kind is None or phase.confidence > kind.confidence):
        return phase.value
    return type_.phase if type_ else ""


def is_right(case: Case, field: str) -> bool:
    wanted = plain(case.truth[field])
    if field == "phase":
        return phase_of(case) == wanted
    guess = case.guesses.get(field)
    said = plain(guess.value) if guess else ""
    if field == "title":  # the list adds what a paper is about to what it calls itself
        return bool(said) and (said in wanted or wanted in said or set(wanted) <= set(said))
    return said == wanted


def sure(case: Case, field: str) -> bool:
    guess = case.guesses.get(field)
    return guess is not None and guess.confidence >= SURE


def naming_the_party(found: Sequence[Case]) -> list[Case]:
    """The papers on which the responsible party stands, as far as the reading goes; a diary names none."""
    return [case for case in found if plain(case.truth["party"]) in case.text]


def wrong(found: Sequence[Case], field: str) -> list[str]:
    return [
        f"{case.name}: {case.guesses.get(field)} ≠ {case.truth[field]}" for case in found if not is_right(case, field)
    ]


FLOORS = {"scheme": 1.0, "type": 0.97, "phase": 0.97, "title": 0.97, "date": 0.85, "number": 0.9, "party": 0.85}
FLOORS_BARE = {"scheme": 0.97, "type": 0.97, "phase": 0.95, "title": 0.95, "date": 0.85, "number": 0.9, "party": 0.85}


@pytest.mark.parametrize("field", FLOORS)
def test_papers_with_speaking_names_are_recognised(named: list[Case], field: str) -> None:
    among = naming_the_party(named) if field == "party" else named
    missed = wrong(among, field)
    assert len(missed) <= (1 - FLOORS[field]) * len(among), missed


@pytest.mark.parametrize("field", FLOORS_BARE)
def test_papers_are_recognised_by_their_pages_alone(bare: list[Case], field: str) -> None:
    among = naming_the_party(bare) if field == "party" else bare
    missed = wrong(among, field)
    assert len(missed) <= (1 - FLOORS_BARE[field]) * len(among), missed


@pytest.mark.parametrize("field", ["scheme", "type", "title", "date", "number", "party"])
def test_what_needs_no_review_is_right(named: list[Case], bare: list[Case], field: str) -> None:
    trusted = [case for case in (*named, *bare) if sure(case, field)]
    missed = wrong(trusted, field)
    assert len(missed) <= 0.05 * len(trusted), missed


LEAST_SURE = {"scheme": 1.0, "type": 0.85, "title": 0.9, "date": 0.65, "number": 0.75, "party": 0.75}


@pytest.mark.parametrize("field", LEAST_SURE)
def test_most_guesses_need_no_review(named: list[Case], field: str) -> None:
    among = naming_the_party(named) if field == "party" else named
    assert sum(sure(case, field) for case in among) >= LEAST_SURE[field] * len(among)


def test_a_bare_paper_is_no_surer_of_its_type_than_of_its_scheme(bare: list[Case]) -> None:
    for case in bare:
        assert case.guesses["type"].confidence <= case.guesses["scheme"].confidence, case.name
