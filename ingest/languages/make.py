"""Makes the data files of this package: `python -m ingest.languages.make JIEBA_DICT WORD_LIST...`.

JIEBA_DICT is the `dict.txt` of the package jieba (a word, its count and its kind a line); each WORD_LIST a
`<language>.json.gz` of the package pyspellchecker (a JSON object, word to count). Writes beside this module.
"""

from __future__ import annotations

import gzip
import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import opencc

HERE = Path(__file__).parent
COVERED = 0.93  # of each language's running text, by triples
SEEN = 8  # a Chinese word must have been counted so often
HAN = range(0x4E00, 0xA000)


def triples_of(counts: dict[str, int]) -> set[str]:
    """The most frequent triples that cover `COVERED` of a language's text."""
    found: Counter[str] = Counter()
    for word, count in counts.items():
        letters = plain_letters(word)
        for at in range(len(letters) - 2):
            found[letters[at : at + 3]] += count
    total, covered, kept = sum(found.values()), 0, set()
    for triple, count in found.most_common():
        if covered > COVERED * total:
            break
        covered += count
        kept.add(triple)
    return kept


def plain_letters(word: str) -> str:
    """Lower case, accents taken off, nothing but a..z."""
    apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in apart if "a" <= c <= "z")


def pairs_of(words: Iterable[str]) -> set[int]:
    """The pairs of neighbouring Han, as `first << 16 | second`."""
    pairs = (pair for word in words for pair in pairwise(map(ord, word)))
    return {first << 16 | second for first, second in pairs if first in HAN and second in HAN}


def main(dictionary: Path, lists: list[Path]) -> None:
    triples = set().union(*(triples_of(json.loads(gzip.decompress(path.read_bytes()))) for path in lists))
    languages = " ".join(sorted(path.name.split(".")[0] for path in lists))
    head = f"# Letter triples of {languages}; origin and licence: README.md\n"
    (HERE / "latin_triples.txt").write_text(head + "\n".join(sorted(triples)) + "\n", "ascii")

    lines = (line.split() for line in dictionary.read_text("utf-8").splitlines())
    words = [line[0] for line in lines if len(line) >= 2 and int(line[1]) >= SEEN and len(line[0]) >= 2]
    turn = opencc.OpenCC("s2t")
    pairs = np.array(sorted(pairs_of(words) | pairs_of(map(turn.convert, words))), np.uint32)
    steps = np.diff(pairs, prepend=np.uint32(0)).astype("<u4")
    (HERE / "han_pairs.gz").write_bytes(gzip.compress(steps.tobytes(), 9, mtime=0))
    sys.stdout.write(f"{len(triples)} triples, {len(pairs)} pairs\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
