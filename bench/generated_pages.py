"""Pages for measuring the search: drawn from a list of Chinese words with their frequencies, the same at every run.

Ten pages a document, ten documents a dossier; 200 classes, 4 phases, 40 types, 30 years, 4 access levels. An eighth
of the words of a page belong to the topic of its class. What is not like real text: words follow each other by
chance, so that there are more different pairs of characters than in writing.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.domain.document import Page

SEED = 20260101
PAGES_EACH, DOCUMENTS_EACH = 10, 10
CLASSES, PHASES, TYPES, YEARS = 200, 4, 40, 30
LEVELS = ("open", "inner", "secret", "closed")
_LEVEL_SHARES = (0.7, 0.2, 0.07, 0.03)
_TOPIC_WORDS = 40
_TOPIC_SHARE = 1 / 8
_FEWEST, _MOST = 250, 750  # words a page: 500 to 1500 characters


Numbers = NDArray[Any]


@dataclass(frozen=True)
class Vocabulary:
    """Words, the most frequent first, and the summed shares to draw by."""

    words: tuple[str, ...]
    shares: Numbers


def vocabulary() -> Vocabulary:
    """Two-character words and others of the word list that comes with jieba (needs requirements/bench.txt)."""
    found = importlib.util.find_spec("jieba")
    if found is None or found.origin is None:
        raise SystemExit("The word list is missing: install requirements/bench.txt")
    rows = [line.split() for line in (Path(found.origin).parent / "dict.txt").read_text("utf-8").splitlines()]
    counted = sorted(((int(row[1]), row[0]) for row in rows if 1 <= len(row[0]) <= 4 and int(row[1]) > 2), reverse=True)
    weights = np.array([count for count, _ in counted], dtype=np.float64)
    return Vocabulary(tuple(word for _, word in counted), np.cumsum(weights / weights.sum()))


def pages(number: int, words: Vocabulary) -> Iterator[Page]:
    """The first `number` pages."""
    chance = np.random.default_rng(SEED)
    topics = chance.integers(500, 20_000, (CLASSES, _TOPIC_WORDS))
    for document in range((number + PAGES_EACH - 1) // PAGES_EACH):
        filing = _filing(document, chance)
        topic = topics[filing.pop("topic")]
        title = "".join(words.words[n] for n in topic[chance.integers(0, _TOPIC_WORDS, 3)])
        for page in range(1, min(PAGES_EACH, number - document * PAGES_EACH) + 1):
            id = f"doc{document:06d}"
            yield Page(
                id=f"{id}-{page}", document=id, number=page, state="read", text=_text(words, topic, chance),
                title=title, file_name=f"{id}.pdf", **filing,
            )  # fmt: skip


def _filing(document: int, chance: np.random.Generator) -> dict[str, Any]:
    dossier = document // DOCUMENTS_EACH
    cls = dossier % CLASSES
    day = date(1994 + dossier % YEARS, 1, 1) + timedelta(days=int(chance.integers(0, 365)))
    return {
        "topic": cls,
        "dossier": f"D{dossier:05d}",
        "dossier_number": f"KH-{day.year}-{dossier:05d}",
        "dossier_name": f"第{dossier}号工程",
        "scheme": ("engineering-customer", "campus-construction")[dossier % 2],
        "classes": (f"C{cls // 20}", f"C{cls // 20}.{cls}"),
        "phase": f"phase{document % PHASES}",
        "type": f"type{int(chance.integers(0, TYPES))}",
        "date": day,
        "year": day.year,
        "volume": f"D{dossier:05d}/{document % DOCUMENTS_EACH // 5 + 1}",
        "item": document % 5 + 1,
        "mark": f"office/{LEVELS[int(chance.choice(4, p=_LEVEL_SHARES))]}",
    }


def _text(words: Vocabulary, topic: Numbers, chance: np.random.Generator) -> str:
    drawn = np.searchsorted(words.shares, chance.random(int(chance.integers(_FEWEST, _MOST))))
    of_topic = chance.random(len(drawn)) < _TOPIC_SHARE
    drawn[of_topic] = topic[chance.integers(0, len(topic), int(of_topic.sum()))]
    drawn = np.minimum(drawn, len(words.words) - 1)
    sentences = ["".join(words.words[n] for n in drawn[start : start + 12]) for start in range(0, len(drawn), 12)]
    clause, amount, model = (int(chance.integers(1, most)) for most in (400, 999_999, 90))
    sentences.insert(1, f"第{clause}条 金额{amount}元 HX-{model}00型")
    return "，\n".join(sentences)
