"""The sample dossiers as records, filed as their catalogue says and read as their truth says: no file is opened and no
page is read by an engine, so that the whole archive is there in a second."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from archive.domain.access import SYSTEM
from archive.domain.document import Document, PageOf, PageState
from archive.domain.dossier import Dossier
from archive.domain.page_facts import PageFacts
from archive.domain.reading import Line, Reading
from archive.ports import Ports
from archive.services import audit, filing, page_reading, sample_dossiers

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def file_samples(ports: Ports) -> None:
    """Fills the archive; everything can be searched when this returns."""
    told = json.loads((SAMPLES / "dossiers.json").read_text("utf-8"))
    opened = sample_dossiers.open_sample_dossiers(ports, SAMPLES)
    seq = 0
    for sample, about in zip(opened, told, strict=True):
        for entry in about["files"]:
            if entry["truth"]:
                seq = _file(ports, sample.dossier, entry)
    assert ports.index.refresh(seq, wait=30)


def _file(ports: Ports, dossier: Dossier, entry: Mapping[str, Any]) -> int:
    pages = json.loads((SAMPLES / entry["truth"]).read_text("utf-8"))["pages"]
    document = audit.create(ports, _document(ports, dossier, entry, pages)).record
    seq = 0
    for page in pages:
        facts = _facts(ports, page)
        page_reading.keep_facts(ports, document.id, facts)
        seq = filing.write_page(ports, document.id, facts)
    return seq


def _document(ports: Ports, dossier: Dossier, entry: Mapping[str, Any], pages: list[dict[str, Any]]) -> Document:
    types = ports.schemes[dossier.scheme].types
    return Document(
        id=sha256(entry["truth"].encode()).hexdigest()[:20],
        job="job",
        source="0" * 64,
        file_name=entry["file"],
        media_type="application/pdf",
        pages=tuple(
            PageOf(number=n, source_page=n, width=page["width"], height=page["height"])
            for n, page in enumerate(pages, 1)
        ),
        dossier=dossier.id,
        scheme=dossier.scheme,
        mark=dossier.mark,
        type=next(one.id for one in types if one.label.zh == entry["type"]),
        phase=entry["phase"],
        title=entry["title"],
        date=date.fromisoformat(entry["date"]),
        number=entry["number"],
        party=entry["party"],
        finished="yes",
        received_at=ports.clock.now(),
        last=audit.event(ports, SYSTEM, "split"),
    )


def _facts(ports: Ports, page: Mapping[str, Any]) -> PageFacts:
    lines = tuple(Line(text=line["text"], box=tuple(line["box"])) for line in page["lines"])
    size = {"width": page["width"], "height": page["height"]}
    reading = Reading(engine="truth", version="1", lines=lines, **size)
    name = f"readings/{sha256(reading.text.encode()).hexdigest()}.json.gz"
    ports.store.put_derived(name, gzip.compress(reading.model_dump_json().encode()))
    return PageFacts(number=page["page"], state=PageState.READ, reading=name, dpi=page["dpi"], **size)
