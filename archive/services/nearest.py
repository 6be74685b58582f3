"""What to look for instead when a search finds nothing: similar characters, words the other way round, fewer words, a
filter less, a field's name as a word. Only plain words are changed; a query with operators is tried without its filters
and with its fields as words alone.

Whatever is offered was searched with the same access, so that an offer never tells of what one may not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from archive.domain.access import Actor, Permission
from archive.domain.query import PageSearch
from archive.domain.query_language import narrowed, understood
from archive.domain.similar_characters import similar
from archive.errors import InvalidInput
from archive.ports import Ports
from archive.services import lending

Only = Mapping[str, frozenset[str]]
MOST = 4  # alternatives offered
MOST_TRIES = 60  # small searches for it, a few milliseconds each
OPERATORS = set('"“”「」『』()（）:：*-－')
RESERVED = {"OR", "NOT", "AND"}
_COLON = re.compile(r"(?<=\w)\s?[:：]\s?(?=\w)")


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to search, and what it finds. `kind`: similar, swapped, fewer, as_words, unfiltered; `was` and `now`
    are the words changed (or the filter's values taken out, then `field` names it), pairwise."""

    kind: str
    text: str
    only: Only
    was: tuple[str, ...]
    now: tuple[str, ...] = ()
    field: str = ""
    documents: int = 0
    pages: int = 0


def nearest(ports: Ports, actor: Actor, text: str, *, only: Only | None = None) -> list[Alternative]:
    """The nearest searches that find something, best first; none where nothing near does."""
    actor.must(Permission.SEARCH)
    asked = _Asked(ports, actor)
    given = only or {}
    words = plain_words(text)
    ways = (
        _similar(asked, words, given),
        _swapped(asked, words, given),
        _fewer(words, given),
        _as_words(text, given),
        _unfiltered(text, given),
    )
    found = []
    for way in ways:
        tried = (asked.counted(one) for one in way)
        found += list(islice((one for one in tried if one.pages), 2))
    return found[:MOST]


def plain_words(text: str) -> list[str]:
    """The words of a query that is words alone; empty where it has operators or fields."""
    words = text.replace("\u3000", " ").split()
    typed = narrowed(text)
    operated = set(typed) & OPERATORS or set(typed.split()) & RESERVED or ".." in typed
    return [] if operated else words


class _Asked:
    """Small searches, counted; none any more once there were too many."""

    def __init__(self, ports: Ports, actor: Actor) -> None:
        self._ports, self._actor = ports, actor
        self._out = lending.volumes_out(ports)
        self._left = MOST_TRIES

    def finds(self, text: str, only: Only) -> tuple[int, int]:
        """Documents and pages that `text` finds."""
        if self._left <= 0:
            return (0, 0)
        self._left -= 1
        try:
            query = understood(text, self._ports.schemes.values())
        except InvalidInput:
            return (0, 0)
        wanted = PageSearch(query=query, only=only, volumes_out=self._out, size=1, facets=(), pages_each=1)
        result = self._ports.index.search(wanted, self._actor.access)
        return (result.documents, result.pages)

    def counted(self, one: Alternative) -> Alternative:
        documents, pages = self.finds(one.text, one.only)
        return Alternative(one.kind, one.text, one.only, one.was, one.now, one.field, documents, pages)


def _similar(asked: _Asked, words: Sequence[str], only: Only) -> Iterator[Alternative]:
    """Each word that finds nothing by itself, with one character exchanged for one of like shape or sound."""
    changed = {word: better for word in words if (better := _better(asked, word, only))}
    if changed:
        now = [changed.get(word, word) for word in words]
        yield Alternative("similar", " ".join(now), only, tuple(changed), tuple(changed.values()))


def _better(asked: _Asked, word: str, only: Only) -> str:
    if asked.finds(word, only)[1]:
        return ""
    variants = (word[:at] + other + word[at + 1 :] for at, one in enumerate(word) for other in similar(one))
    found = [(asked.finds(variant, only)[1], variant) for variant in islice(variants, 16)]
    return max(found, default=(0, ""))[1] if any(pages for pages, _ in found) else ""


def _swapped(asked: _Asked, words: Sequence[str], only: Only) -> Iterator[Alternative]:
    """Each word that finds nothing by itself with its halves the other way round: 位移 for 移位."""
    turned = {}
    for word in words:
        other = word[len(word) // 2 :] + word[: len(word) // 2]
        if len(word) % 2 == 0 and not word.isascii() and other != word and asked.finds(other, only)[1]:
            turned[word] = other
    for word, other in turned.items():
        now = [other if one == word else one for one in words]
        yield Alternative("swapped", " ".join(now), only, (word,), (other,))


def _fewer(words: Sequence[str], only: Only) -> Iterator[Alternative]:
    if len(words) > 1:
        for at, word in enumerate(words):
            yield Alternative("fewer", " ".join([*words[:at], *words[at + 1 :]]), only, (word,))


def _unfiltered(text: str, only: Only) -> Iterator[Alternative]:
    for field, values in only.items():
        rest = {name: kept for name, kept in only.items() if name != field}
        yield Alternative("unfiltered", text, rest, tuple(sorted(values)), field=field)


def _as_words(text: str, only: Only) -> Iterator[Alternative]:
    """The names of fields as words of the page, right before their values: 建设单位：甲公司 stands on many a form."""
    if _COLON.search(text):
        yield Alternative("as_words", _COLON.sub("", text), only, ())
