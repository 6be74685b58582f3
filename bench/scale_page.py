"""The table and the plot of `bench.scale`. Measures nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NAME = "scale_measured"
MILLION = 1_000_000
BUSY = 2 * (os.cpu_count() or 1)  # a load that cannot be the bench's own

Figures = dict[str, Any]

_HEAD = """\
# Growth, measured

Written by `{command}`; what it means stands in [A hundred million pages](scale.md).

Pages of 500 to 1500 characters drawn from a Chinese frequency list, ten a document, ten documents a dossier, 200
classes, 40 types, 30 years, four access levels. One machine with {cores}; load before each step: {loads}{busy}.
Loading: batches of 200 through the port, until all can be searched. A result page: ten
documents with their best pages, total, facets, pieces of text; 50 mixed queries one at a time, each the middle one of
{rounds} rounds after six that warm. The node: 2 GB heap, one shard, no replica.

"""

_BUSY = """: **other work ran meanwhile**, so that seconds and pages a second are worse than on a machine alone, and the
processor time, which bears it better, is what to go by"""

_COLUMNS = (
    ("index", lambda row: row["index"]),
    ("pages", lambda row: f"{row['pages']:,}"),
    ("loaded pages/s", lambda row: f"{row['searchable_pages_per_s']:.0f}"),
    ("bytes a page", lambda row: f"{row['bytes_a_page']:,.0f}"),
    ("merged", lambda row: f"{row['bytes_a_page_merged']:,.0f}" if "bytes_a_page_merged" in row else ""),
    ("p50 ms", lambda row: f"{row['ms']['50']:.1f}"),
    ("p95 ms", lambda row: f"{row['ms']['95']:.1f}"),
    ("p99 ms", lambda row: f"{row['ms']['99']:.1f}"),
    ("processor ms a result page", lambda row: f"{row['asker_cpu_ms']:.0f} + {row['server_cpu_ms']:.0f}"),
    (
        "processor ms a page loaded",
        lambda row: f"{row['loader_cpu_ms_a_page']:.1f} + {row['server_cpu_ms_a_page']:.1f}",
    ),
    ("memory MB loading", lambda row: f"{_mb(row['loader_rss'])} + {_mb(row['server_rss_loaded'])}"),
    ("memory MB asking", lambda row: f"{_mb(row['asker_rss'])} + {_mb(row['server_rss'])}"),
)


def command(pages: str, index: str) -> str:
    """The command line that makes the page again."""
    return f"python -m bench.scale --pages {pages} --index {index}"


def write(told: Figures, folder: Path) -> None:
    """The figures, the page and the plot into `folder`."""
    rows = told["rows"]
    (folder / f"{NAME}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    plot(rows, folder / f"{NAME}.png")
    (folder / f"{NAME}.md").write_text(_page(told, rows), "utf-8")


def table(rows: Sequence[Figures]) -> str:
    """One row for each index and number of pages."""
    lines = [[name for name, _ in _COLUMNS], ["---"] * len(_COLUMNS)]
    lines += [[tell(row) for _, tell in _COLUMNS] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plot(rows: Sequence[Figures], file: Path) -> None:
    """Milliseconds of a result page, loading rate and bytes a page over the number of pages."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(15, 4.6), layout="constrained")
    for name, colour in zip(dict.fromkeys(row["index"] for row in rows), ("tab:blue", "tab:orange", "tab:green")):  # noqa: B905
        own = [row for row in rows if row["index"] == name]
        numbers = [row["pages"] for row in own]
        for share, style in (("50", "-"), ("95", "--"), ("99", ":")):
            taken = [row["ms"][share] for row in own]
            axes[0].plot(numbers, taken, style, marker="o", color=colour, label=f"{name}, p{share}")
        axes[1].plot(numbers, [row["searchable_pages_per_s"] for row in own], marker="o", color=colour, label=name)
        axes[2].plot(numbers, [row["bytes_a_page"] / 1000 for row in own], marker="o", color=colour, label=name)
    titles = (
        ("A whole result page, 50 mixed queries", "milliseconds"),
        ("Loading, until searchable", "pages a second"),
        ("Index on disk", "kilobytes a page"),
    )
    for one, (title, unit) in zip(axes, titles, strict=True):
        one.set(title=title, xlabel="pages in the index", ylabel=unit, xscale="log")
        if one is axes[0]:
            one.set_yscale("log")
        else:
            one.set_ylim(bottom=0)
        one.grid(alpha=0.3)
        one.legend(fontsize=8)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def _page(told: Figures, rows: Sequence[Figures]) -> str:
    head = _HEAD.format(
        command=told["command"],
        cores=f"{os.cpu_count()} cores",
        loads=", ".join(f"{row['load_average']:.1f}" for row in rows),
        busy=_BUSY if any(row["load_average"] > BUSY for row in rows) else "",
        rounds=told["rounds"],
    )
    parts = [table(rows), _NOTES, _agreement(told), *_million(rows), _queries(rows)]
    return head + "\n\n".join(parts) + f"\n\n![Growth]({NAME}.png)\n"


_NOTES = """\
Where two figures stand with a plus, the first is our process (the one that writes, or the one that asks), the second
the one that works for it: the indexer of the embedded index, the node's JVM. Processor time is a mean over all
queries, rounds and warming included. The loading process's memory is its peak, the others' that at the end."""


def _agreement(told: Figures) -> str:
    rows, wrong = told["rows"], told["differences"]
    if len({row["index"] for row in rows}) < 2:
        return "One index alone was measured: nothing to compare."
    asked = len(rows[0]["queries"]) * len({row["pages"] for row in rows})
    if not wrong:
        return f"Totals and facets of the indexes compared query by query: **{asked} of {asked} equal**."
    return f"Compared query by query, these differ, of {asked}:\n\n" + "\n".join(f"- {one}" for one in wrong)


def _million(rows: Sequence[Figures]) -> list[str]:
    """How long a million pages take at the last rates, where they were not measured."""
    largest = max(row["pages"] for row in rows)
    if largest >= MILLION:
        return []
    hours = {row["index"]: MILLION / row["searchable_pages_per_s"] / 3600 for row in rows if row["pages"] == largest}
    reckoned = " and ".join(f"{time:.1f} hours for {name}" for name, time in hours.items())
    return [
        "**A million pages were not measured.** At the last rates loading them would take " + reckoned + ", if the "
        "rates held; the command is the same with `,1000000` behind the numbers."
    ]


def _queries(rows: Sequence[Figures]) -> str:
    """Milliseconds by sort of query, at the largest number."""
    largest = max(row["pages"] for row in rows)
    last = [row for row in rows if row["pages"] == largest]
    sorts = list(dict.fromkeys(query["sort"] for query in last[0]["queries"]))
    lines = [["sort of query", "number", *(f"{row['index']}: middle / longest ms" for row in last)]]
    lines.append(["---"] * len(lines[0]))
    for sort in sorts:
        taken = [sorted(query["ms"] for query in row["queries"] if query["sort"] == sort) for row in last]
        lines.append([sort, str(len(taken[0])), *(f"{ms[len(ms) // 2]:.1f} / {ms[-1]:.1f}" for ms in taken)])
    return f"By sort of query at {largest:,} pages:\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f}"
