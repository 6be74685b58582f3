"""Whether a word stands in a text that was read by a machine: characters of like shape may be taken for one another.
Pure."""

from __future__ import annotations

from archive.domain.similar_characters import similar

EXACT = 1.0
LIKE = 0.9  # some characters of like shape
ONE_OFF = 0.75  # one character is another, in a word of at least five
_SHORTEST_LIKE = 3
_SHORTEST_ONE_OFF = 5


def find_word(word: str, text: str) -> tuple[float, int]:
    """How well the word is found in the text (0: not at all) and where it ends there; the last place counts.

    Both are `plain` already."""
    at = text.rfind(word)
    if at >= 0:
        return EXACT, at + len(word)
    size = len(word)
    if size < _SHORTEST_LIKE:
        return 0.0, 0
    best = (0.0, 0)
    for start in range(len(text) - size, -1, -1):
        quality = _likeness(word, text[start : start + size])
        if quality > best[0]:
            best = (quality, start + size)
    return best


def _likeness(word: str, part: str) -> float:
    off = [(one, other) for one, other in zip(word, part, strict=True) if one != other]
    if len(off) > max(1, len(word) // 3):
        return 0.0
    if all(_are_like(one, other) for one, other in off):
        return LIKE
    return ONE_OFF if len(off) == 1 and len(word) >= _SHORTEST_ONE_OFF and word[-1] == part[-1] else 0.0


def _are_like(one: str, other: str) -> bool:
    return other in similar(one) or one in similar(other)


def same_ending(one: str, other: str) -> int:
    """How many characters two texts have in common at their ends."""
    count = 0
    while count < min(len(one), len(other)) and one[-1 - count] == other[-1 - count]:
        count += 1
    return count
