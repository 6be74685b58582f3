"""A whole result page over 100,000 generated pages, with the bare engine as the peer in the same run.

    python -m bench.search [--pages 100000] [--rounds 5] [--json]     (needs requirements/bench.txt)

50 mixed queries by a person who may see three of the four access levels, in process, warm; each answer is 10
documents with their best pages, exact totals, six facets, pieces of text with the hits marked. The peer is Tantivy
itself on the same files: ten documents out of its best 1,000 pages, the count and the facets, no text. The index is
made once and kept in a folder of the machine's temporary files (`--fresh` makes it again).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy

from archive.domain.access import Access
from archive.domain.query import FACETS, PageSearch, Sort
from archive.domain.query_language import parse
from bench.generated_pages import LEVELS, SEED, Vocabulary, pages, vocabulary
from search.batches import in_batches
from search.embedded import EmbeddedIndex, discard, open_index
from search.embedded.engine import best_of_all, count, numbers_in
from search.embedded.page_query import both, page_query, visible
from search.embedded.places import documents_of

READER = Access.to(f"office/{level}" for level in LEVELS[:3])
OUT = frozenset(f"D{n:05d}/1" for n in range(0, 1000, 37))
AIM = {"p50": 10.0, "p95": 40.0}  # milliseconds, at 100,000 pages
_PEER_FACETS = ("scheme", "classes", "phase", "type", "year")


@dataclass(frozen=True)
class Asked:
    """One of the queries."""

    sort: str  # what sort of query it is
    text: str
    wanted: PageSearch


def queries(words: Vocabulary) -> list[Asked]:
    """50 mixed queries: common, middle and rare words, words together, phrases, narrowed, and the language's rest."""
    chance = np.random.default_rng(SEED + 1)
    long = [n for n, word in enumerate(words.words) if len(word) > 1]
    common, middle, rare = long[:150], long[1500:6000], long[20_000:60_000]

    def some(among: Sequence[int], number: int) -> list[str]:
        return [words.words[n] for n in chance.choice(among, number, replace=False)]

    found = [("common", word) for word in some(common, 10)]
    found += [("middle", word) for word in some(middle, 10)]
    found += [("rare", word) for word in some(rare, 8)]
    found += [("and", f"{a} {b}") for a, b in zip(some(common, 6), some(middle, 6), strict=True)]
    found += [("run", f"“{a}{b}”") for a, b in zip(some(common, 5), some(common, 5), strict=True)]
    found += [("single", word[0]) for word in some(common, 2)]
    found += [("field", f"{word} 类型:type7") for word in some(common, 2)]
    found += [("range", f"{word} 日期:2003..2007-06") for word in some(middle, 2)]
    a, b, c = some(common, 3)
    found += [("or", f"{a} OR {b}"), ("not", f"{c} -{a}"), ("prefix", "HX-4*"), ("digits", "第37条"), ("nothing", "")]
    return [Asked(sort, text, PageSearch(parse(text), volumes_out=OUT)) for sort, text in found]


def made(folder: Path, number: int, words: Vocabulary, *, fresh: bool) -> tuple[EmbeddedIndex, dict[str, float]]:
    """The index with its pages, made where it is not there, and what making it took."""
    if fresh and folder.exists():
        discard(folder)
    index = open_index(folder)
    figures: dict[str, float] = {}
    if index.health().records.get("page", 0) != number:
        began = time.monotonic()
        last = 0
        for some in in_batches(pages(number, words), 500):
            last = index.put(some)
            _progress(f"written {some[-1].id}")
        figures["written_pages_per_s"] = number / (time.monotonic() - began)
        while not index.refresh(last, wait=5):
            _progress(f"{index.health().behind} pages not yet searchable")
        figures["searchable_pages_per_s"] = number / (time.monotonic() - began)
    while not index.refresh(1 << 60, wait=5):
        _progress(f"{index.health().behind} pages not yet searchable")
    return index, figures


@dataclass(frozen=True)
class Taken:
    """Milliseconds of each query: by the clock, and of processor time, which other work on the machine does not
    lengthen as much; of all threads."""

    wall: list[float]
    cpu: list[float]


def timed(ask: Callable[[Asked], object], asked: Sequence[Asked], rounds: int) -> Taken:
    """The middle one of the rounds, for each query; a round before them warms. One thread."""
    for one in asked:
        ask(one)
    taken = np.empty((2, rounds, len(asked)))
    for round in range(rounds):
        for n, one in enumerate(asked):
            began, begun = time.perf_counter(), time.process_time()
            ask(one)
            taken[:, round, n] = (time.perf_counter() - began) * 1000, (time.process_time() - begun) * 1000
    wall, cpu = np.median(taken, axis=1).tolist()
    return Taken(wall, cpu)


def bare(searcher: tantivy.Searcher) -> Callable[[Asked], object]:
    """The same asked of Tantivy alone."""
    facets = {name: {"terms": {"field": name, "size": 1000}} for name in _PEER_FACETS}

    def ask(one: Asked) -> object:
        query = both(page_query(one.wanted.query), visible(READER))
        hits, _ = best_of_all(searcher, query, 1000)
        documents = documents_of(numbers_in(searcher, "place", hits))
        _, first = np.unique(documents, return_index=True)
        return documents[np.sort(first)[:10]], count(searcher, query), searcher.aggregate(query, facets)

    return ask


def summary(taken: Sequence[float]) -> dict[str, float]:
    """p50, p95 and the longest."""
    return {"p50": float(np.percentile(taken, 50)), "p95": float(np.percentile(taken, 95)), "max": max(taken)}


def main() -> None:
    """Measures and prints."""
    options = _options()
    words = vocabulary()
    folder = Path(tempfile.gettempdir()) / f"dossier-bench-search-{options.pages}"
    index, figures = made(folder, options.pages, words, fresh=options.fresh)
    asked = queries(words)
    ours = timed(lambda one: index.search(one.wanted, READER), asked, options.rounds)
    by_date = [Asked(one.sort, one.text, _sorted(one.wanted)) for one in asked]
    dated = timed(lambda one: index.search(one.wanted, READER), by_date, options.rounds)
    searcher = index._searching._reader.newest(index._database.epoch).searcher
    assert searcher is not None
    peer = timed(bare(searcher), asked, options.rounds)
    totals = [index.search(one.wanted, READER).pages for one in asked]
    health = index.health()
    result = {
        "pages": options.pages,
        "result_page_ms": summary(ours.wall),
        "sorted_by_date_ms": summary(dated.wall),
        "bare_engine_ms": summary(peer.wall),
        "result_page_cpu_ms": summary(ours.cpu),
        "sorted_by_date_cpu_ms": summary(dated.cpu),
        "bare_engine_cpu_ms": summary(peer.cpu),
        "segments": searcher.num_segments,
        "bytes_a_page": health.bytes_on_disk / options.pages,
        "aim_ms": AIM,
        **figures,
    }
    if options.json:
        rows = [
            {"sort": a.sort, "text": a.text, "ms": m, "pages": t}
            for a, m, t in zip(asked, ours.wall, totals, strict=True)
        ]
        print(json.dumps(result | {"queries": rows}, ensure_ascii=False))
    else:
        _print(result, asked, ours.wall, peer.wall, totals)
    index.close()


def _sorted(wanted: PageSearch) -> PageSearch:
    return PageSearch(wanted.query, volumes_out=wanted.volumes_out, sort=Sort.DATE, facets=FACETS)


def _print(
    result: dict[str, object],
    asked: Sequence[Asked],
    ours: Sequence[float],
    peer: Sequence[float],
    totals: Sequence[int],
) -> None:
    print(f"{'query':<8} {'pages found':>11} {'whole page ms':>14} {'bare engine ms':>15}")
    for one, mine, its, total in zip(asked, ours, peer, totals, strict=True):
        print(f"{one.sort:<8} {total:>11} {mine:>14.1f} {its:>15.1f}   {one.text}")
    print()
    for name, figures in result.items():
        if isinstance(figures, dict) and name != "aim_ms":
            print(f"{name:<24}" + "".join(f"  {key} {value:6.1f}" for key, value in figures.items()))
    print("\n".join(f"{key:<24} {value:.0f}" for key, value in result.items() if isinstance(value, int | float)))
    print(f"aim at 100,000 pages: p50 under {AIM['p50']:.0f} ms, p95 under {AIM['p95']:.0f} ms")


def _progress(text: str) -> None:
    sys.stderr.write(f"\r{text:<60}")
    sys.stderr.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fresh", action="store_true", help="make the index again")
    parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
