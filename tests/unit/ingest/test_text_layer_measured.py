"""The text layer's rule, counted over the text of every sample page and what becomes of it when it is spoiled.

These counts stand in docs/ingest.md; run with `-s` to see them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ingest.text_layer import Letters, Verdict, judge_words

TRUTH = Path(__file__).parents[3] / "samples" / "truth"


def pages() -> Iterator[str]:
    for path in sorted(TRUTH.glob("*.json")):
        for page in json.loads(path.read_text("utf-8"))["pages"]:
            text = "\n".join(line["text"] for line in page["lines"])
            if sum(not char.isspace() for char in text) >= 60:
                yield text


PAGES = list(pages())


def verdict(text: str) -> Verdict:
    nothing = np.zeros((0, 4))
    count = sum(not char.isspace() for char in text)
    return judge_words(Letters(text, nothing, nothing, count, 0, 0.0))


def is_han(char: str) -> bool:
    return "\u4e00" <= char < "\ua000"


def some_wrong(share: float) -> Callable[[str], str]:
    """Every so many a Han is another one, as in a layer by poor OCR."""
    pick = random.Random(1)
    return lambda text: "".join(
        chr(pick.randrange(0x4E00, 0x9FA5)) if is_han(c) and pick.random() < share else c for c in text
    )


SPOIL: dict[str, tuple[Callable[[str], str], float]] = {  # how, and the least share that has to be found
    "GBK read as Latin-1": (lambda text: text.encode("gb18030").decode("latin-1"), 0.97),
    "UTF-8 read as Latin-1": (lambda text: text.encode().decode("latin-1"), 0.97),
    "UTF-8 read as GBK": (lambda text: text.encode().decode("gbk", "replace"), 0.97),
    "GBK read as Big5": (lambda text: text.encode("gb18030").decode("big5", "replace"), 0.97),
    "private characters": (lambda text: "".join(chr(0xE000 + ord(c) % 6000) if is_han(c) else c for c in text), 0.97),
    "glyph order": (lambda text: "".join(chr(0x4E00 + ord(c) * 7919 % 20000) if is_han(c) else c for c in text), 0.97),
    "half the Han wrong": (some_wrong(0.5), 0.97),
}


def found(spoil: Callable[[str], str]) -> float:
    return sum(verdict(spoil(text)) is Verdict.GARBAGE for text in PAGES) / len(PAGES)


def test_no_sample_page_is_refused():
    assert len(PAGES) > 50
    assert [text[:40] for text in PAGES if verdict(text) is not Verdict.GOOD] == []


@pytest.mark.parametrize("kind", SPOIL)
def test_spoiled_pages_are_found(kind, record_property):
    spoil, least = SPOIL[kind]
    share = found(spoil)
    record_property("found", share)
    assert share >= least, f"{share:.0%} of {len(PAGES)} pages"


def test_what_no_rule_of_this_kind_finds_is_known():
    """One character in ten wrong: such a layer is taken for good, and the page says so in docs/ingest.md."""
    assert found(some_wrong(0.1)) < 0.1
