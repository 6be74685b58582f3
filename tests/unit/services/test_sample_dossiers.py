"""The sample dossiers are opened once, and each of their files is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.bootstrap import Application, build
from archive.config import Settings
from archive.services.sample_dossiers import TOLD, arrange_samples, open_sample_dossiers
from workers.queue import InProcessQueue

SAMPLES = Path(__file__).resolve().parents[3] / "samples"


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    made = build(Settings(data=tmp_path), queue=InProcessQueue())
    yield made
    made.close()


def test_opening_them_twice_opens_them_once(application: Application) -> None:
    first = open_sample_dossiers(application.ports, SAMPLES)
    again = open_sample_dossiers(application.ports, SAMPLES)
    assert len(first) == 8
    assert [one.dossier.id for one in first] == [one.dossier.id for one in again]
    assert application.ports.index.health().records["dossier"] == 8


def test_every_file_is_there_and_what_is_said_of_it_is_known_to_the_scheme(application: Application) -> None:
    for sample in open_sample_dossiers(application.ports, SAMPLES):
        scheme = application.ports.schemes[sample.dossier.scheme]
        assert sample.files
        for path, wish in sample.files:
            assert path.is_file()
            assert bool(wish.title) == (sample.dossier.number in TOLD)
            assert not wish.type or scheme.type(wish.type) is not None
            assert not wish.phase or scheme.phase(wish.phase) is not None


def test_without_papers_there_is_nothing_to_arrange(application: Application) -> None:
    open_sample_dossiers(application.ports, SAMPLES)
    assert arrange_samples(application.ports, SAMPLES) == 0
