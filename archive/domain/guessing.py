"""From guesses about a document to its fields, and what a person has to look at again. Pure.

A field a person has set is never overwritten; of two guesses the surer one counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import Any

from archive.domain.document import Document, Guess, Review
from archive.domain.scheme import DocumentType, Scheme

TITLE_BY_FILE = 0.3  # the file's name as title: shown, and always reviewed
FIELDS = ("scheme", "type", "phase", "title", "date", "number", "party", "specialty", "building", "part")
PERSON = "person"
BY_SCHEME = "scheme"  # it follows from another field by the scheme


def merged(there: Mapping[str, Guess], new: Mapping[str, Guess]) -> dict[str, Guess]:
    """Both sets of guesses, the surer of two for one field; a person's word stays."""
    found = dict(there)
    for name, guess in new.items():
        old = found.get(name)
        if old is None or (old.source != PERSON and guess.confidence >= old.confidence):
            found[name] = guess
    return found


def fields_of(
    document: Document, guesses: Mapping[str, Guess], scheme: Scheme | None, review_below: float
) -> dict[str, Any]:
    """The document's fields as the guesses have them, with what is unsure (`review_because`) and whether that waits
    for a person. Guesses that name nothing of the scheme are left out."""
    known = _completed(document, {n: g for n, g in guesses.items() if _is_usable(n, g, scheme)}, scheme)
    values = {name: guess.value for name, guess in known.items() if name in FIELDS}
    fields: dict[str, Any] = {name: value for name, value in values.items() if name != "date"}
    if "date" in values:
        fields["date"] = date.fromisoformat(values["date"])
    unsure = _unsure(document, known, review_below)
    if document.dossier:
        fields.pop("scheme", None)
    return {
        **fields,
        "guesses": known,
        "review_because": unsure,
        "review": Review.WAITING.value if unsure else Review.NONE.value,
    }


def _is_usable(name: str, guess: Guess, scheme: Scheme | None) -> bool:
    if name == "date":
        return _is_day(guess.value)
    if name in ("type", "phase", "specialty"):
        return scheme is not None and getattr(scheme, name)(guess.value) is not None
    return bool(guess.value)


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _completed(document: Document, guesses: dict[str, Guess], scheme: Scheme | None) -> dict[str, Guess]:
    """The guesses with the phase that the type belongs to, and a title where there is none."""
    kind = guesses.get("type")
    type_ = scheme.type(kind.value) if scheme and kind else None
    if kind and type_:
        by_type = Guess(value=type_.phase, confidence=kind.confidence, source=BY_SCHEME)
        guesses = merged({"phase": by_type}, {"phase": guesses["phase"]} if "phase" in guesses else {}) | {
            n: g for n, g in guesses.items() if n != "phase"
        }
    if "title" not in guesses:
        stem = PurePath(document.file_name).stem or document.id
        guesses = {**guesses, "title": Guess(value=stem, confidence=TITLE_BY_FILE, source="default")}
    return guesses


def phase_with(document: Document, type_: DocumentType, scheme: Scheme) -> str:
    """The phase of a document that is said to be of this type: the one a person gave it, else the type's own."""
    guess = document.guesses.get("phase")
    is_said = guess is not None and guess.source == PERSON and guess.value == document.phase
    return document.phase if is_said and scheme.phase(document.phase) else type_.phase


def _unsure(document: Document, guesses: Mapping[str, Guess], review_below: float) -> tuple[str, ...]:
    found = [name for name in FIELDS if name in guesses and guesses[name].confidence < review_below]
    if document.dossier:
        found = [name for name in found if name != "scheme"]
    else:
        found.insert(0, "dossier")
    if "type" not in guesses:
        found.append("type")
    if document.late:
        found.append("late")
    return tuple(found)
