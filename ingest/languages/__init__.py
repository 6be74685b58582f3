"""What ordinary text is made of: letter triples of European languages, pairs of Han inside Chinese words.

The two data files are made by `python -m ingest.languages.make` from the word lists named in `README.md`.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

TRIPLES, PAIRS = "latin_triples.txt", "han_pairs.gz"


@lru_cache(maxsize=1)
def latin_triples() -> frozenset[str]:
    """Runs of three letters, lower case, without accents, that make up nearly all running text."""
    text = files(__package__).joinpath(TRIPLES).read_text("ascii")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=1)
def han_pairs() -> NDArray[np.uint32]:
    """Pairs of neighbouring Han inside words, simplified and traditional, as `first << 16 | second`, ascending."""
    steps = np.frombuffer(gzip.decompress(files(__package__).joinpath(PAIRS).read_bytes()), "<u4")
    return np.cumsum(steps, dtype=np.uint32)


def are_pairs(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which of the pairs (code points) stand inside a Chinese word."""
    known = han_pairs()
    wanted = first << np.uint32(16) | second
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    found: NDArray[np.bool_] = known[at] == wanted
    return found
