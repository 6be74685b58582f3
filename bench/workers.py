"""How the reading grows with the worker processes, and what a page costs beside its OCR.

    python -m bench.workers [--pages 44] [--processes 1,2,4] [--json]

Needs requirements/bench.txt. For each number a fresh `dossier up` with DOSSIER_WORKERS is warmed with pages that are
not among the measured ones; then scanned A4 pages of the samples go in as one PDF by `dossier ingest --wait`. More
processes than cores read no faster. Prints pages a minute from file to searchable (the command's own start included)
and while pages are read, the processor time a page of every process of `dossier up` (web, broker, indexer, scheduler
and the processes that open files too), and the share of it that is not OCR: `ocr.read` as the worker's processes call
it. The aim is under a tenth. Below stands what a page takes in each step. The peer is Pillow alone on the same
pages, without protection, records or index: each picture decoded once and encoded once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image

from bench.intake import HERE, as_pdf, ingest
from bench.pages import sample_scans
from bench.processes import family, processor_seconds
from bench.start import free_port
from bench.watched import FINISHING, NOTES, OCR, OPENING, PICTURE, RECORD
from ingest.page_images import JPEG_QUALITY

AIM = 0.10
WARMING = 12  # pages: a turn is three, so each of four processes reads some
STEPS = {
    OPENING: "opening the page safely",
    PICTURE: "our own picture",
    OCR: "reading its text (OCR)",
    RECORD: "its record",
    FINISHING: "classifying and filing the document",
}


@dataclass(frozen=True)
class Row:
    """One number of processes. Seconds are a page's; `steps` are milliseconds a page by the clock."""

    processes: int
    pages: int
    pages_a_minute: float
    reading_pages_a_minute: float
    work: float
    ocr: float
    task: float
    task_ocr: float
    steps: dict[str, float]

    @property
    def not_ocr(self) -> float:
        """The share of all processor time that is not OCR."""
        return 1 - self.ocr / self.work

    @property
    def task_not_ocr(self) -> float:
        """The share of the tasks' time by the clock that is not OCR."""
        return 1 - self.task_ocr / self.task


def measured(processes: int, pages: int, pdf: Path, warm: Path, folder: Path) -> Row:
    """The file of so many pages through a fresh archive with so many worker processes."""
    notes = folder / "notes.jsonl"
    environment = {
        **os.environ,
        "DOSSIER_DATA": str(folder / "data"),
        "DOSSIER_PORT": str(free_port()),
        "DOSSIER_WORKERS": str(processes),
        "DOSSIER_OCR_CAREFUL": "off",
        NOTES: str(notes),
    }
    dossier = [sys.executable, "-m", "archive.cli"]
    started = [sys.executable, "-m", "bench.watched", "up"]
    up = subprocess.Popen(started, cwd=HERE, env=environment, stdout=subprocess.DEVNULL)
    try:
        ingest(dossier, warm, environment)
        before, begun = processor_seconds(family(up.pid)), time.monotonic()
        told = ingest(dossier, pdf, environment)
        took = time.monotonic() - begun
        work = processor_seconds(family(up.pid)) - before
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)
    if told["failed"] or len(told["filed"]) != 1:
        raise SystemExit(f"the pages did not go in: {told}")
    return _row(processes, pages, took, work, notes, begun)


def _row(processes: int, pages: int, took: float, work: float, notes: Path, begun: float) -> Row:
    tasks = [json.loads(line) for line in notes.read_text("utf-8").splitlines()]
    reading = [task for task in tasks if task["begun"] > begun and OCR in task["steps"]]
    read = sum(task["steps"][OCR][2] for task in reading)
    if read != pages:
        raise SystemExit(f"{read} pages were read, not {pages}")
    span = max(task["ended"] for task in reading) - min(task["begun"] for task in reading)
    steps = {
        step: sum(task["steps"].get(step, [0])[0] for task in tasks if task["begun"] > begun) / pages * 1000
        for step in STEPS
    }
    return Row(
        processes,
        pages,
        pages_a_minute=pages / took * 60,
        reading_pages_a_minute=pages / span * 60,
        work=work / pages,
        ocr=sum(task["steps"][OCR][1] for task in reading) / pages,
        task=sum(task["ended"] - task["begun"] for task in reading) / pages,
        task_ocr=sum(task["steps"][OCR][0] for task in reading) / pages,
        steps=steps,
    )


def bare(pdf: Path) -> float:
    """Processor seconds a page that Pillow alone takes to decode the scans and to encode them again as one JPEG."""
    with pypdfium2.PdfDocument(pdf) as book:
        scans = [bytes(next(page.get_objects()).get_data(decode_simple=False)) for page in book]
    begun = time.process_time()
    for scan in scans:
        with Image.open(BytesIO(scan)) as picture:
            picture.save(BytesIO(), "JPEG", quality=JPEG_QUALITY)
    return (time.process_time() - begun) / len(scans)


def report(rows: Sequence[Row], peer: float) -> None:
    """Two tables: by number of processes, and by step."""
    print(
        "| processes | pages/min, file to searchable | pages/min while reading | processor s a page | of it OCR |"
        " not OCR | not OCR, of the task by the clock |"
    )
    print("|" + " --- |" * 7)
    for row in rows:
        print(
            f"| {row.processes} | {row.pages_a_minute:.0f} | {row.reading_pages_a_minute:.0f} | {row.work:.2f}"
            f" | {row.ocr:.2f} | {row.not_ocr:.1%} | {row.task_not_ocr:.1%} |"
        )
    print(f"\naim: not OCR under {AIM:.0%}; {os.cpu_count()} cores, {rows[0].pages} pages")
    share = peer / (peer + rows[0].ocr)
    print(f"Pillow alone, decoding and encoding: {peer * 1000:.0f} ms of processor a page, beside OCR {share:.1%}\n")
    print("| ms a page by the clock | " + " | ".join(f"{row.processes}" for row in rows) + " |")
    print("|" + " --- |" * (len(rows) + 1))
    for step, name in STEPS.items():
        print(f"| {name} | " + " | ".join(f"{row.steps[step]:.0f}" for row in rows) + " |")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=44)
    parser.add_argument("--processes", default="1,2,4", help="numbers with commas between")
    parser.add_argument("--json", action="store_true", help="the figures as one line of JSON")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="bench-workers-"))
    try:
        scans = sample_scans()
        pages = scans[: min(options.pages, len(scans) - WARMING)]
        as_pdf(scans[-WARMING:], work / "warm.pdf")
        as_pdf(pages, work / "pages.pdf")
        rows = []
        for number in map(int, options.processes.split(",")):
            folder = work / str(number)
            folder.mkdir()
            rows.append(measured(number, len(pages), work / "pages.pdf", work / "warm.pdf", folder))
        peer = bare(work / "pages.pdf")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if options.json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "bare": peer}))
    else:
        report(rows, peer)


if __name__ == "__main__":
    main()
