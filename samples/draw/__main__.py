"""Draw all samples, or those whose path holds one of the given words."""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from samples.draw.catalogue import CLASSES, meta
from samples.draw.contents import DOSSIERS
from samples.draw.files import truth_page, write_truth
from samples.draw.papers import Dossier, Paper, draw_paper, seeded

SAMPLES = Path(__file__).resolve().parents[1]


def truth_name(dossier: Dossier, paper: Paper) -> str:
    """Where a paper's truth lies inside `samples/`."""
    return f"truth/{dossier.number} {paper.file}.json"


def draw(dossier: Dossier, paper: Paper) -> int:
    """Draw one paper and its truth; returns the number of pages, 0 for an attachment."""
    path = SAMPLES / dossier.folder / paper.file
    path.parent.mkdir(parents=True, exist_ok=True)
    pages = draw_paper(paper, path, seeded(dossier.number, paper.file))
    if not pages:
        return 0
    told = [truth_page(k, page, paper.keys) for k, page in enumerate(pages, 1)]
    lost = [key for key in paper.keys if not any(key in page["key_fields"] for page in told)]
    if lost:
        raise ValueError(f"{paper.file}: not on any page: {lost}")
    truth = SAMPLES / truth_name(dossier, paper)
    truth.parent.mkdir(exist_ok=True)
    write_truth(truth, f"{dossier.folder}/{paper.file}", told)
    print(f"{path.stat().st_size:9,d}  {len(pages)} p  {dossier.number} {paper.file}", flush=True)
    return len(pages)


def listed(dossier: Dossier) -> dict[str, Any]:
    """The dossier's entry in dossiers.json."""
    files = []
    for paper in dossier.papers:
        truth = SAMPLES / truth_name(dossier, paper)
        pages = len(json.loads(truth.read_text("utf-8"))["pages"]) if truth.exists() else 0
        entry: dict[str, Any] = {"file": paper.file, "type": paper.type, "title": paper.title, "phase": paper.phase}
        entry |= {"party": paper.party, "date": paper.date, "number": paper.number, "signed_by": list(paper.signed)}
        files.append({**entry, "pages": pages, "truth": truth_name(dossier, paper) if pages else None})
    head: dict[str, Any] = {"number": dossier.number, "scheme": dossier.scheme, "name": dossier.name}
    head |= {"class": dossier.group, "class_labels": [CLASSES[code] for code in dossier.group]}
    return {
        **head,
        "fields": dossier.fields,
        "meta": meta(dossier.scheme, dossier.fields),
        "responsible": dossier.responsible,
        "folder": dossier.folder,
        "files": files,
    }


def main(words: list[str]) -> None:
    """Draw what was asked for and write the list anew."""
    work = [(d, p) for d in DOSSIERS for p in d.papers]
    work = [(d, p) for d, p in work if not words or any(w in f"{d.folder}/{p.file}" for w in words)]
    with ProcessPoolExecutor(2) as pool:
        for job in [pool.submit(draw, d, p) for d, p in work]:
            job.result()
    text = json.dumps([listed(d) for d in DOSSIERS], ensure_ascii=False, indent=1)
    (SAMPLES / "dossiers.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
