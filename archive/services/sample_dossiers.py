"""The sample dossiers: opened as `samples/dossiers.json` tells of them, and arranged once their files are read.

Everything goes through the services a person's acts go through, and may be done again where it was broken off. Half of
the dossiers say what each of their files is, as somebody does who knows; the others leave it to be found out, so that
the review list has something to show.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.domain import arrangement
from archive.domain.access import SYSTEM, Access
from archive.domain.document import Review
from archive.domain.dossier import Dossier, FieldValue, Place, Volume
from archive.domain.intake_job import Wish
from archive.domain.scheme import Scheme
from archive.errors import Conflict
from archive.ports import Ports
from archive.services import arranging, dossiers, filing

TOLD = ("KH-2024-031", "KH-2022-064", "JJ-2021-017", "JJ-2019-003")  # those that say what their files are
OPEN = ("JJ-2023-005", "KH-2023-118")  # still being built, or not complete: their papers stay unarranged


@dataclass(frozen=True, slots=True)
class SampleDossier:
    """A sample dossier and its files, each with what is said of it."""

    dossier: Dossier
    files: Sequence[tuple[Path, Wish]]


def open_sample_dossiers(ports: Ports, folder: Path) -> list[SampleDossier]:
    """Opens the dossiers of `folder` (the `samples` folder), where they are not open yet. Raises InvalidInput."""
    return [_sample(ports, folder, told) for told in _told(folder)]


def arrange_samples(ports: Ports, folder: Path) -> int:
    """Puts the papers of the finished dossiers into volumes, numbers and fixes what nothing stands in the way of; how
    many volumes were fixed."""
    fixed = 0
    for told in _told(folder):
        if told["number"] in OPEN:
            continue
        dossier = dossiers.by_number(ports, Access.whole_archive(), told["number"])
        if dossier.number in TOLD:
            _review(ports, dossier, {one["file"]: one for one in told["files"]})
        dossier = arranging.as_proposed(ports, SYSTEM, dossier.id)
        for volume in dossier.volumes:
            if not volume.is_fixed and volume.items:
                fixed += _fix(ports, dossier, volume, _place(told, volume))
    return fixed


def _review(ports: Ports, dossier: Dossier, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Says of what was unsure what it is, as somebody does who goes through the review list."""
    for document in dossiers.documents_of(ports, Access.whole_archive(), dossier.id):
        told = files.get(document.file_name)
        if told is None or document.review != Review.WAITING:
            continue
        filing.file_document(
            ports,
            SYSTEM,
            document.id,
            date=date.fromisoformat(told["date"]) if told.get("date") else "keep",
            number=told.get("number") or None,
            party=told.get("party") or None,
        )


def _fix(ports: Ports, dossier: Dossier, volume: Volume, place: Place) -> int:
    arranging.number_pages(ports, SYSTEM, dossier.id, volume.number)
    if arranging.in_the_way(ports, SYSTEM, dossier.id, volume.number) is not None:
        return 0  # something in it waits for review
    scheme = ports.schemes[dossier.scheme]
    papers = {one.id: one for one in dossiers.documents_of(ports, Access.whole_archive(), dossier.id)}
    sheets = max(arrangement.sheets_of(scheme.arrangement, volume, papers), 1)
    arranging.fix(ports, SYSTEM, dossier.id, volume.number, sheets=sheets, place=place)
    return 1


def _told(folder: Path) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads((folder / "dossiers.json").read_text("utf-8"))
    return told


def _sample(ports: Ports, folder: Path, told: Mapping[str, Any]) -> SampleDossier:
    dossier = _opened(ports, told)
    scheme = ports.schemes[dossier.scheme]
    here = folder / told["folder"]
    files = [(here / one["file"], _wish(scheme, dossier, here, one)) for one in told["files"]]
    return SampleDossier(dossier, files)


def _opened(ports: Ports, told: Mapping[str, Any]) -> Dossier:
    try:
        return dossiers.create(
            ports,
            SYSTEM,
            scheme=told["scheme"],
            name=told["name"],
            number=told["number"],
            cls=".".join(told["class"]),
            fields={name: _value(name, value) for name, value in told["meta"].items()},
            responsible=told["responsible"],
        )
    except Conflict:
        return dossiers.by_number(ports, Access.whole_archive(), told["number"])


def _value(name: str, value: str) -> FieldValue:
    """A field's value in the type its name ends with."""
    if name.endswith("_d"):
        return date.fromisoformat(value)
    return float(value) if name.endswith("_n") else value


def _wish(scheme: Scheme, dossier: Dossier, folder: Path, told: Mapping[str, Any]) -> Wish:
    wish = Wish(dossier=dossier.id, scheme=scheme.id, folder=folder.name)
    if dossier.number not in TOLD:
        return wish
    type = next((one.id for one in scheme.types if one.label.zh == told["type"]), "")
    return wish.model_copy(update={"type": type, "phase": told["phase"], "title": told["title"]})


def _place(told: Mapping[str, Any], volume: Volume) -> Place:
    """Where the dossier says it stands (甲柜 2 层盒 07), its volumes beside each other; else a place of the samples."""
    words = str(told["fields"].get("位置", "")).replace("层盒", "层 盒").split()
    if len(words) == 5:
        cabinet, shelf, _, _, box = words
        return Place(cabinet=cabinet, shelf=f"{shelf} 层", box=f"{box}-{volume.number}")
    return Place(cabinet="丙柜", shelf="1 层", box=f"{told['number'][-3:]}-{volume.number}")
