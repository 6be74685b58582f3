"""The engines against OCRmyPDF, on the same pages in the same run: pages a minute and character errors.

    python -m bench.ocr [--pages N] [--jobs N] [--engine NAME] [--each]

Needs requirements/bench.txt, and tesseract with chi_sim and ghostscript on the machine. The scanned A4 pages of the
samples go as pixels to `--jobs` processes of one thread each, warmed by a page that does not count, and as a PDF of
images to `ocrmypdf --jobs N -l chi_sim`. Character errors leave out what runs around in seals; `--each` prints them
page by page. On a machine that others use the clock is unfair to whoever runs at the wrong minute: processor seconds
are printed beside it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from archive.config import Settings
from archive.domain.reading import Reading
from archive.ports import OcrEngine, Pixels
from bench.accuracy import character_error, mean_character_error
from bench.pages import Scan, sample_scans
from ingest.ocr.rapid import RapidOcrEngine
from ingest.ocr.tesseract import TesseractEngine

ENGINES: dict[str, Callable[[], OcrEngine]] = {
    "rapidocr": lambda: RapidOcrEngine(Settings()),
    "careful": lambda: RapidOcrEngine(Settings(), careful=True),
    "tesseract": lambda: TesseractEngine(Settings()),
}

_engine: OcrEngine | None = None
_pages: list[Pixels] = []


@dataclass(frozen=True, slots=True)
class Row:
    """What one reader did: `seconds` for all pages by the clock, `work` those its processes
    computed, each page's text."""

    name: str
    seconds: float
    work: float
    texts: list[str]


def run_engine(name: str, pages: Sequence[Pixels], warm: Pixels, jobs: int) -> Row:
    """The pages by one of `ENGINES`, a process a core."""
    _pages[:] = [warm, *pages]
    context = multiprocessing.get_context("fork")  # children find the pixels in memory
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(name,)) as pool:
        list(pool.map(_read, [0] * jobs * 2))
        begun = time.perf_counter()
        readings = list(pool.map(_read, range(1, len(_pages))))
        seconds = time.perf_counter() - begun
    return Row(name, seconds, sum(work for _, work in readings), [_text(reading) for reading, _ in readings])


def _work_of_children() -> float:
    """Processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _start(name: str) -> None:
    global _engine  # noqa: PLW0603  (one a process, made before the first page)
    _engine = ENGINES[name]()


def _read(at: int) -> tuple[Reading, float]:
    assert _engine is not None
    begun = _work_so_far()
    reading = _engine.read(_pages[at])
    return reading, _work_so_far() - begun


def _work_so_far() -> float:
    """Processor seconds of this process and the programs it ran."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + _work_of_children()


def _text(reading: Reading) -> str:
    """The first pass: the second one says the same again under seals."""
    return "\n".join(line.text for line in reading.lines)


def run_ocrmypdf(scans: Sequence[Scan], jobs: int) -> Row:
    """The same pages as one PDF of JPEGs (quality 88, 300 dpi) by OCRmyPDF."""
    with tempfile.TemporaryDirectory(prefix="bench-ocr-") as folder:
        source, sidecar = Path(folder) / "pages.pdf", Path(folder) / "pages.txt"
        images = [scan.image() for scan in scans]
        images[0].save(source, save_all=True, append_images=images[1:], resolution=300, quality=88)
        options = ["--jobs", str(jobs), "-l", "chi_sim", "--output-type", "pdf", "-q", "--sidecar", str(sidecar)]
        begun, before = time.perf_counter(), _work_of_children()
        subprocess.run(
            [sys.executable, "-m", "ocrmypdf", *options, str(source), str(Path(folder) / "read.pdf")], check=True
        )
        seconds = time.perf_counter() - begun
        work = _work_of_children() - before
        return Row("ocrmypdf", seconds, work, sidecar.read_text("utf-8").split("\f")[: len(scans)])


def report(scans: Sequence[Scan], rows: Sequence[Row], *, each: bool) -> None:
    """A line a reader, then its ratios to the last, which is the peer."""
    truths = [scan.text for scan in scans]
    errors = [mean_character_error(zip(row.texts, truths, strict=True)) for row in rows]
    found = [mean_found(row.texts, scans) for row in rows]
    print(f"{len(scans)} pages, {sum(map(len, truths))} characters")
    for row, error, keys in zip(rows, errors, found, strict=True):
        speed, gain = len(scans) / row.seconds * 60, rows[-1].seconds / row.seconds
        work, less = row.work / len(scans), rows[-1].work / row.work
        print(
            f"{row.name:9} {speed:6.1f} pages/min ({gain:4.1f} x)  {work:5.2f} s of processor a page ({less:4.1f} x)"
            f"  character error {error:6.2%} ({error / errors[-1]:4.2f} of the peer's)  key fields {keys:6.1%}"
        )
    if each:
        for scan, truth, *texts in zip(scans, truths, *(row.texts for row in rows), strict=True):
            print("  ".join(f"{character_error(text, truth):6.1%}" for text in texts), scan.name)


def mean_found(texts: Sequence[str], scans: Sequence[Scan]) -> float:
    """The share of the pages' key fields that stand in their readings, white space left out."""
    pairs = [(key, text) for text, scan in zip(texts, scans, strict=True) for key in scan.key_fields]
    return sum("".join(key.split()) in "".join(text.split()) for key, text in pairs) / len(pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=0, help="how many pages; 0: all")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--engine", action="append", choices=list(ENGINES), help="all of them unless given")
    parser.add_argument("--each", action="store_true", help="each page's errors")
    options = parser.parse_args()
    warm, *scans = sample_scans()
    scans = scans[: options.pages or None]
    pages = [scan.pixels() for scan in scans]
    rows = [run_engine(name, pages, warm.pixels(), options.jobs) for name in options.engine or ENGINES]
    report(scans, [*rows, run_ocrmypdf(scans, options.jobs)], each=options.each)


if __name__ == "__main__":
    main()
