"""`dossier search`: the pages that hold what is looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from archive.commands.opening import Opened, as_option, console, json_option, opened, print_json, say
from archive.config import terminal_language
from archive.domain.query import DocumentHits, PageHit, ResultPage, Snippet, Sort

if TYPE_CHECKING:
    from rich.text import Text

    from archive.services.retrieval import Found

MOST_PAGES = 500  # of one document, as JSON
FEW_PAGES = 3  # the same for the eye


@click.command(
    epilog="""\b
Examples:
  dossier search 消火栓                        pages with this word
  dossier search '"竣工验收" OR 交接'           an exact phrase, or another word
  dossier search '消火栓 -水泵 type:变更'       without a word; only documents whose type is called so
  dossier search 合同 --only year=2024 --json  of one year, as JSON
\b
JSON: total (pages that fit), documents (how many they belong to), exact, behind (pages written, changed or removed
that the search does not know of yet, where there are over 200 or nothing is searchable so far, else 0: there may be
more of everything), and hits: one entry for every page that fits of the documents told, with the original file's
name, the page number, the snippet, the page image's width and height, and the hit boxes as [x, y, width, height] in
its pixels. pages_found says how many pages of the hit's document fit: there may be more of them than hits where a
document has over 500, or over --pages. --size and --start choose the documents. notes are sentences about the result,
such as of a value that no scheme knows. Where nothing was found, nearest holds searches that find something.
\b
Exit codes: 0 searched, also where nothing was found; 2 the query is broken, with the place.
"""
)
@click.argument("query", nargs=-1, required=True)
@click.option("--size", default=10, show_default=True, type=click.IntRange(1, 1000), help="Documents told.")
@click.option("--start", default=0, type=click.IntRange(0), help="Documents left out before them.")
@click.option(
    "--pages",
    type=click.IntRange(1, 1000),
    help=f"Pages told of each document, the best first; default: {FEW_PAGES}, as JSON all up to {MOST_PAGES}.",
)
@click.option("--sort", default="relevance", show_default=True, type=click.Choice([one.value for one in Sort]))
@click.option("--only", multiple=True, metavar="FIELD=VALUE", help="Narrow: scheme, classes, phase, type, year, paper.")
@json_option
@as_option
def command(
    query: Sequence[str],
    size: int,
    start: int,
    pages: int | None,
    sort: str,
    only: Sequence[str],
    as_json: bool,
    login: str | None,
) -> None:
    """Find pages by any word on them."""
    from archive.services import retrieval

    text = " ".join(query)
    each = pages or (MOST_PAGES if as_json else FEW_PAGES)
    wanted: dict[str, Any] = {"sort": Sort(sort), "start": start, "size": size, "pages_each": each}
    with opened(login) as archive:
        found = retrieval.search(archive.ports, archive.actor, text, only=_only(only), **wanted)
        hits = _hits(archive, found) if as_json else []
        near = [] if found.result.pages else _nearest(archive, text, _only(only))
    notes = [note.told_in(terminal_language()) for note in found.notes]
    if as_json:
        result = found.result
        counts = {"total": result.pages, "documents": result.documents, "exact": result.exact, "behind": result.behind}
        print_json({"query": text, **counts, "notes": notes, "hits": hits, "nearest": near})
        return
    _show(found, start)
    for note in notes:
        click.echo(note, err=True)
    _offer(near if not found.result.found else ())


def _nearest(archive: Opened, text: str, only: Mapping[str, frozenset[str]]) -> list[dict[str, Any]]:
    """Searches near this one that find something."""
    from archive.services import nearest

    return [
        {
            "query": one.text,
            "only": {name: sorted(values) for name, values in one.only.items()},
            "kind": one.kind,
            "total": one.pages,
            "documents": one.documents,
        }
        for one in nearest.nearest(archive.ports, archive.actor, text, only=only)
    ]


def _offer(near: Sequence[dict[str, Any]]) -> None:
    """What to look for instead."""
    if not near:
        return
    say("What finds something:", "这样能找到：")
    for one in near:
        only = "".join(f" --only {name}={value}" for name, values in one["only"].items() for value in values)
        click.echo(f"  {one['query']}{only}   ({one['total']})", err=True)


def _only(given: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """The narrowing fields. Values of the same field stand beside each other."""
    chosen: dict[str, frozenset[str]] = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign or not value:
            raise click.BadParameter(f"{pair!r} is not FIELD=VALUE", param_hint="--only")
        chosen[name] = chosen.get(name, frozenset()) | {value}
    return chosen


def _hits(archive: Opened, found: Found) -> list[dict[str, object]]:
    return [_hit(archive, found, document, hit) for document in found.result.found for hit in document.pages]


def _hit(archive: Opened, found: Found, document: DocumentHits, hit: PageHit) -> dict[str, object]:
    from archive.services import retrieval

    page, record = hit.page, found.documents[document.document]
    boxes = found.boxes.get(page.id)
    if boxes is None:
        boxes = retrieval.boxes_of(archive.ports, page, hit.spans)
    dossier = found.dossiers.get(record.dossier)
    return {
        "document": document.document,
        "title": record.title,
        "type": record.type,
        "dossier": dossier.number if dossier else "",
        "file": record.file_name,
        "page": page.number,
        "pages_found": document.pages_found,
        "snippet": hit.snippet.text,
        "snippet_hits": [list(span) for span in hit.snippet.spans],
        "width": page.width,
        "height": page.height,
        "boxes": [list(box) for box in boxes],
        "score": round(hit.score, 4),
    }


def _show(found: Found, start: int) -> None:
    from rich.text import Text

    out, result = console(), found.result
    least, about = ("at least ", "") if result.behind else ("", "" if result.exact else "about ")
    out.print(f"{least}{result.pages} pages in {about}{result.documents} documents")
    for place, document in enumerate(result.found, start=start + 1):
        record = found.documents[document.document]
        dossier = found.dossiers.get(record.dossier)
        where = f"{dossier.number} {dossier.name}" if dossier else "-"
        out.print(Text.assemble((f"\n{place}. {record.title or record.file_name}", "bold"), f"   {where}"))
        out.print(Text(f"   {document.document}   {record.file_name}", style="dim"))
        for hit in document.pages:
            out.print(Text.assemble((f"   p. {hit.page.number:<4}", "cyan"), marked(hit.snippet)))
        if more := document.pages_found - len(document.pages):
            out.print(Text(f"   and {more} more {'page' if more == 1 else 'pages'}", style="dim"))
    if not result.found:
        _say_why(result, start)


def _say_why(result: ResultPage, start: int) -> None:
    """Why there is nothing to show."""
    if not result.pages and result.behind:
        say("Nothing found so far.", "目前没有找到。")
    elif not result.pages:
        say("Nothing found. Try fewer words, or another spelling.", "没有找到。少用几个词，或换个写法再试。")
    elif start >= result.documents:
        say(
            f"There are only {result.documents} documents. Give a smaller --start.",
            f"只有 {result.documents} 件。--start 要小于 {result.documents}。",
        )
    else:
        say(
            "The list does not reach this far. Narrow the search, or export the result on the search screen.",
            "列表到不了这么后面。缩小范围，或在检索页面上导出结果。",
        )


def marked(snippet: Snippet) -> Text:
    """The snippet on one line, its hits standing out."""
    from rich.text import Text

    text = Text(snippet.text.replace("\n", " "))
    for start, end in snippet.spans:
        text.stylize("bold reverse", start, end)
    return Text.assemble("…" if snippet.before else "", text, "…" if snippet.after else "")
