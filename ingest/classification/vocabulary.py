"""Which scheme a paper belongs to: whose own vocabulary it speaks. A pair of neighbouring characters that only one of
the schemes uses in its labels and words speaks for it. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from archive.domain.document import Guess
from archive.domain.scheme import Scheme
from ingest.classification.sheet import plain

BY_FOLDER = 0.97
FEW = 6  # pairs; fewer say little
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")


def guess_scheme(text: str, folder: str, schemes: Sequence[Scheme], *, has_pages: bool) -> Guess | None:
    """The scheme of a paper with this `text`, in a folder of this name, both `plain`. None where nothing tells."""
    if len(schemes) == 1:
        return Guess(value=schemes[0].id, confidence=1.0, source="default")
    named = [scheme for scheme in schemes if _numbers(folder, scheme)]
    if len(named) == 1:
        return Guess(value=named[0].id, confidence=BY_FOLDER, source="folder")
    shares = _shares(text, schemes)
    ranked = sorted(shares, key=lambda pair: -pair[0])
    best, rival = ranked[0], ranked[1]
    if not best[0]:
        return None
    lead = (best[0] - rival[0]) / (best[0] + rival[0])
    sure = 0.5 + 0.47 * min(1.0, 2.2 * lead)
    if not has_pages or best[0] * math.sqrt(best[2]) < FEW:
        sure = min(sure, 0.7)
    others = tuple(scheme.id for _, scheme, _ in ranked[1:])
    return Guess(value=best[1].id, confidence=round(sure, 3), source="text", others=others)


def _numbers(folder: str, scheme: Scheme) -> bool:
    """Whether the folder's name begins with one of the scheme's numbers."""
    prefix = scheme.numbering.prefix
    return bool(prefix) and bool(re.match(rf"{re.escape(prefix)}[\-_]?\d", folder, re.IGNORECASE))


def _shares(text: str, schemes: Sequence[Scheme]) -> list[tuple[float, Scheme, int]]:
    """For each scheme how many of its own pairs the text has, against the size of its vocabulary, and that size."""
    spoken = pairs_of(text)
    vocabularies = [set().union(*map(pairs_of, words_of(scheme))) for scheme in schemes]
    found = []
    for at, (scheme, vocabulary) in enumerate(zip(schemes, vocabularies, strict=True)):
        own = vocabulary.difference(*(v for other, v in enumerate(vocabularies) if other != at))
        found.append((len(own & spoken) / math.sqrt(len(own) or 1), scheme, len(own) or 1))
    return found


def words_of(scheme: Scheme) -> Iterator[str]:
    """Every Chinese label and word of a scheme, `plain`."""
    for type_ in scheme.types:
        yield from map(plain, (type_.label.zh, *type_.words))
    for phase in scheme.phases:
        yield from map(plain, (phase.label.zh, *phase.words))
    for specialty in scheme.specialties:
        yield from map(plain, (specialty.label.zh, *specialty.words))
    for top in scheme.classes:
        for cls, _ in top.walk():
            yield from map(plain, (cls.label.zh, *cls.words))
    for field in scheme.fields:
        yield from map(plain, (field.label.zh, *(label.zh for _, label in field.choices)))
    yield from map(plain, (scheme.label.zh, scheme.unit.zh, *(party.zh for party in scheme.parties)))


def pairs_of(text: str) -> set[str]:
    """The pairs of neighbouring Han in a text."""
    return {run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)}
