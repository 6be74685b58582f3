"""How the embedded index and a real OpenSearch node grow with the number of pages, through the same port in one run.

    python -m bench.scale --pages 10000,100000 [--index embedded,opensearch3] [--rounds 5] [--out docs]

Needs requirements/bench.txt; for the node a JDK and the jars that `make test` fetches. Pages are those of
`bench.generated_pages`, drawn once into a file. Each index is loaded from one number of pages on to the next, in
batches of 200; at each number the 50 queries of `bench.search` are asked as whole result pages, by a process of its
own, warm, one at a time. The embedded index has its indexer as `dossier up` runs it; the node has 2 GB of heap and the
compiler of a production node. What both say is compared query by query: a difference ends this with 1.

Writes `scale_measured.json`, `.md` and `.png` into the folder `--out`. A million pages is the same command with
`--pages 10000,100000,1000000`: the page says how long that takes at the measured rates.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from archive.bootstrap import choose_index
from archive.config import Settings
from archive.domain.document import Page
from archive.ports import Index
from bench import scale_page
from bench.generated_pages import pages, vocabulary
from bench.processes import memory, processor_seconds, wait_until_idle
from bench.search import READER, queries, timed
from search.batches import in_batches
from search.cluster import ClusterIndex
from tests.engines.jars import OPENSEARCH_2, OPENSEARCH_3, Release, missing
from tests.engines.opensearch import node

AT_ONCE = 200  # pages a batch
HEAP = "2g"
RELEASES = {"opensearch2": OPENSEARCH_2, "opensearch3": OPENSEARCH_3}
SHARES = (50, 95, 99)  # percentiles
WARMING = 5  # rounds: a node compiles what it does often
_JSON = {"accept": "application/json", "content-type": "application/json"}

Figures = dict[str, Any]


@dataclass(frozen=True)
class Engine:
    """An index under measure: its settings, and the process that works for it."""

    name: str
    settings: Settings
    pid: int


@contextmanager
def embedded(folder: Path) -> Iterator[Engine]:
    """The embedded index, with its indexer."""
    settings = Settings(data=folder / "data", index="", log="text")
    environment = {**os.environ, "DOSSIER_DATA": str(settings.data), "DOSSIER_INDEX": ""}
    (settings.data / "index").mkdir(parents=True)
    indexer = subprocess.Popen([sys.executable, "-m", "workers.indexer"], env=environment)
    try:
        yield Engine("embedded", settings, indexer.pid)
    finally:
        indexer.terminate()
        indexer.wait(60)


@contextmanager
def cluster(folder: Path, release: Release) -> Iterator[Engine]:
    """A node alone. Tests spare themselves the second compiler; a node that serves people has it."""
    made = node(folder, release, heap=HEAP)
    made.server.command = [word for word in made.server.command if not word.startswith("-XX:TieredStopAtLevel")]
    made.server.start()
    try:
        made.server.wait()
        settings = Settings(data=folder / "data", index=made.url, index_seconds=120.0)
        assert made.server.process is not None
        yield Engine(f"OpenSearch {release.version}", settings, made.server.process.pid)
    finally:
        made.server.stop()


def drawn(number: int, folder: Path) -> Path:
    """The file of the first `number` pages, a line each; drawn where it is not there."""
    file = folder / f"pages-{number}.jsonl"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as lines:
            for at, page in enumerate(pages(number, vocabulary()), start=1):
                lines.write(page.model_dump_json() + "\n")
                if at % 1000 == 0:
                    tell(f"drawn {at} pages")
        draft.rename(file)
    return file


def load(settings: Settings, file: Path, first: int, last: int) -> Figures:
    """Brings the pages behind number `first` up to `last` in and waits until all can be searched; in its own
    process."""
    index = choose_index(settings)
    seq = 0
    with file.open(encoding="utf-8") as lines:
        wanted = islice(lines, first, last)
        began = time.monotonic()
        for at, batch in enumerate(in_batches(map(Page.model_validate_json, wanted), AT_ONCE), start=1):
            seq = index.put(batch)
            tell(f"loaded {first + at * AT_ONCE} of {last}")
        written = time.monotonic() - began
        while not index.refresh(seq, wait=5):
            tell("waiting until all can be searched")
    searchable = time.monotonic() - began
    index.close()
    number = last - first
    return {
        "from": first,
        "written_pages_per_s": number / written,
        "searchable_pages_per_s": number / searchable,
        "loader_rss": memory(os.getpid(), peak=True),
        "loader_cpu_ms_a_page": time.process_time() / number * 1000,
    }


def ask(settings: Settings, rounds: int) -> Figures:
    """The queries as whole result pages; in its own process."""
    index = choose_index(settings)
    asked = queries(vocabulary())
    begun = time.process_time()
    for one in asked * WARMING:
        index.search(one.wanted, READER)
    taken = timed(lambda one: index.search(one.wanted, READER), asked, rounds)
    answers = [index.search(one.wanted, READER) for one in asked]
    used = time.process_time() - begun
    told = {
        "ms": dict(zip(map(str, SHARES), np.percentile(taken.wall, SHARES).tolist(), strict=True)),
        "longest_ms": max(taken.wall),
        "asker_cpu_ms": used / _times(rounds) / len(asked) * 1000,
        "asker_rss": memory(os.getpid()),
        "queries": [
            {
                "sort": one.sort,
                "text": one.text,
                "ms": ms,
                "pages": found.pages,
                "documents": found.documents if found.exact else None,
                "facets": {name: sorted(counts) for name, counts in found.facets.items()},
            }
            for one, ms, found in zip(asked, taken.wall, answers, strict=True)
        ],
    }
    index.close()
    return told


def _times(rounds: int) -> int:
    """How often `ask` asks each query: warming, twice around what is timed, and the rounds."""
    return WARMING + 1 + rounds + 1


def apart(work: Callable[..., Figures], *given: object) -> Figures:
    """Does the work in a new process, so that memory and processor time are its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def measure(engine: Engine, file: Path, numbers: Sequence[int], rounds: int) -> list[Figures]:
    """The figures of one index at each number of pages."""
    found: list[Figures] = []
    for first, last in zip((0, *numbers), numbers, strict=False):
        before = processor_seconds([engine.pid])
        figures: Figures = {"index": engine.name, "pages": last, "load_average": os.getloadavg()[0]}
        figures |= apart(load, engine.settings, file, first, last)
        figures["settled"] = wait_until_idle(lambda: [engine.pid])
        figures["server_cpu_ms_a_page"] = (processor_seconds([engine.pid]) - before) / (last - first) * 1000
        figures["server_rss_loaded"] = memory(engine.pid)
        figures |= disk(engine.settings, last)
        before = processor_seconds([engine.pid])
        figures |= apart(ask, engine.settings, rounds)
        asked = _times(rounds) * len(figures["queries"])
        figures["server_cpu_ms"] = (processor_seconds([engine.pid]) - before) / asked * 1000
        figures["server_rss"] = memory(engine.pid)
        figures |= merged(engine.settings, last)
        found.append(figures)
        told = "  ".join(f"p{share} {ms:.1f} ms" for share, ms in figures["ms"].items())
        tell(f"{engine.name}, {last} pages: {figures['searchable_pages_per_s']:.0f} pages/s  {told}\n")
    return found


def disk(settings: Settings, number: int) -> Figures:
    """What a page takes. Raises SystemExit where not all pages are there."""
    index = choose_index(settings)
    health = index.health()
    index.close()
    if health.records.get("page", 0) != number:
        raise SystemExit(f"{health.records.get('page', 0)} pages are in the index, not {number}")
    return {"bytes_a_page": health.bytes_on_disk / number}


def merged(settings: Settings, number: int) -> Figures:
    """What a page takes on a cluster once all is merged into one segment a shard; nothing for the embedded index."""
    index: Index = choose_index(settings)
    if not isinstance(index, ClusterIndex):
        index.close()
        return {}
    client = index.cluster.client().options(request_timeout=3600)
    pages_of = f"{settings.index_prefix}-page*"
    client.perform_request("DELETE", "/_search/point_in_time/_all", headers=_JSON)  # they hold what was merged away
    client.indices.forcemerge(index=pages_of, max_num_segments=1)
    client.indices.flush(index=pages_of)
    client.indices.refresh(index=pages_of)
    size = index.health().bytes_on_disk
    index.close()
    return {"bytes_a_page_merged": size / number}


def differences(rows: Sequence[Figures]) -> list[str]:
    """Where the indexes say something else, at the same number of pages: pages, facets, and documents that both
    counted one by one."""
    found = []
    for number in sorted({row["pages"] for row in rows}):
        first, *others = [row for row in rows if row["pages"] == number]
        for other in others:
            for one, two in zip(first["queries"], other["queries"], strict=True):
                wrong = [name for name in ("pages", "documents", "facets") if _differ(one[name], two[name])]
                found += [f"{number} pages, {one['sort']} {one['text']}: {name} differ" for name in wrong]
    return found


def _differ(one: object, two: object) -> bool:
    return one is not None and two is not None and one != two


def tell(text: str) -> None:
    """A line of progress, over the one before."""
    sys.stderr.write(f"\r{text:<70}")
    sys.stderr.flush()


def engines(names: Sequence[str], folder: Path) -> Iterator[Engine]:
    """The indexes asked for, one after the other, each ended before the next begins."""
    for name in names:
        if name == "embedded":
            with embedded(folder / name) as engine:
                yield engine
        else:
            with cluster(folder / name, RELEASES[name]) as engine:
                yield engine


def main() -> int:
    """Measures, compares and writes the page."""
    options = _options()
    numbers = sorted(int(number) for number in options.pages.split(","))
    file = drawn(numbers[-1], Path(tempfile.gettempdir()) / "dossier-bench-scale")
    work = Path(tempfile.mkdtemp(prefix="bench-scale-"))
    try:
        rows = [
            row
            for engine in engines(options.index.split(","), work)
            for row in measure(engine, file, numbers, options.rounds)
        ]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    wrong = differences(rows)
    told = {"command": scale_page.command(options.pages, options.index), "rounds": options.rounds, "rows": rows}
    told["differences"] = wrong
    for row in rows:
        for query in row["queries"]:
            del query["facets"]  # compared by now, and long
    scale_page.write(told, options.out)
    print(json.dumps(told, ensure_ascii=False) if options.json else scale_page.table(rows))
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    newest = next((name for name, release in reversed(RELEASES.items()) if not missing(release)), "")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", default="10000,100000", help="numbers of pages, with commas between")
    parser.add_argument("--index", default=",".join(filter(None, ("embedded", newest))), help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("docs"), help="folder for table and plot")
    parser.add_argument("--json", action="store_true", help="print the figures as one line of JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
