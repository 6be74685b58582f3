"""File in → searchable, against OCRmyPDF on the same pages in the same run.

    python bench/intake.py            (needs requirements/bench.txt, tesseract with chi_sim, ghostscript)

The sample scans (A4, 300 dpi) become one PDF of page images. `dossier up` runs on a fresh data folder with one worker
a core; they are warmed with a few files of a page that is not among the measured ones. Then the PDF goes in by
`dossier ingest --wait`, which returns when every page is searchable. OCRmyPDF (`--jobs 2 -l chi_sim`, its text beside
it) takes the same PDF, as it comes (it writes PDF/A) and with `--output-type pdf`. All that several times in turn.
Prints pages a minute and the character error of all, and their ratios within a round.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

WARM = 4  # files of a page: some for each worker
OWN = "dossier"
Round = dict[str, tuple[float, float]]  # by reader: pages a minute, character error (0..1)
HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from bench.accuracy import mean_character_error
from bench.pages import Scan, sample_scans


def as_pdf(scans: list[Scan], path: Path) -> None:
    """One PDF of the scans' images, as JPEG (colour, grey) at 300 dpi."""
    images = [scan.image().convert("RGB" if scan.coloured else "L") for scan in scans]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=300, quality=88)


def ours(pdf: Path, warm: Path, folder: Path, jobs: int) -> tuple[float, list[str]]:
    """Seconds from the file's going in to its being searchable, and each page's text."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "DOSSIER_DATA": str(folder),
        "DOSSIER_PORT": "8931",
        "DOSSIER_WORKERS": str(jobs),
        "DOSSIER_OCR_CAREFUL": "off",
    }
    dossier = [sys.executable, "-m", "archive.cli"]
    up = subprocess.Popen([*dossier, "up"], cwd=HERE, env=environment, stdout=subprocess.DEVNULL)
    try:
        ingest(dossier, warm, environment)
        begun = time.perf_counter()
        told = ingest(dossier, pdf, environment)
        took = time.perf_counter() - begun
        if told["failed"] or len(told["filed"]) != 1:
            raise SystemExit(f"the pages did not go in: {told}")
        return took, _texts(folder, environment)
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(30)


def ingest(dossier: list[str], path: Path, environment: dict[str, str]) -> dict[str, list[object]]:
    done = subprocess.run(
        [*dossier, "ingest", str(path), "--wait", "--json"],
        check=False,
        cwd=HERE,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    told: dict[str, list[object]] = json.loads(done.stdout)
    return told


def _texts(folder: Path, environment: dict[str, str]) -> list[str]:
    """The pages' texts in their order, out of the index."""
    os.environ.update(environment)
    from archive.bootstrap import build
    from archive.config import Settings
    from archive.domain.access import Access
    from archive.domain.document import Document, Page
    from archive.domain.query import Anything

    application = build(Settings())
    index = application.ports.index
    documents = index.select(Document, Anything(), Access.whole_archive(), size=10).records
    largest = max((d.record for d in documents), key=lambda d: len(d.pages))
    ids = [f"{largest.id}-{page.number}" for page in largest.pages]
    pages = index.get_many(Page, ids)
    application.close()
    return [pages[id].record.text for id in ids]


def peer(pdf: Path, folder: Path, jobs: int, *options: str) -> tuple[float, list[str]]:
    """OCRmyPDF's seconds and texts."""
    sidecar = folder / "peer.txt"
    begun = time.perf_counter()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "ocrmypdf",
            "--jobs",
            str(jobs),
            "-l",
            "chi_sim",
            *options,
            "--sidecar",
            str(sidecar),
            "-q",
            str(pdf),
            str(folder / "peer.pdf"),
        ],
        check=True,
    )
    return time.perf_counter() - begun, sidecar.read_text("utf-8").split("\f")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000, help="at most so many; all by default")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="bench-intake-"))
    try:
        scans = sample_scans()
        warm, measured = scans[-WARM:], scans[: min(options.pages, len(scans) - WARM)]
        (work / "warm").mkdir()
        for number, scan in enumerate(warm):
            as_pdf([scan], work / "warm" / f"{number}.pdf")
        as_pdf(measured, work / "pages.pdf")
        rounds = [one_round(measured, work, options.jobs) for _ in range(options.rounds)]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    report(rounds)


def one_round(scans: list[Scan], work: Path, jobs: int) -> Round:
    """Each in turn, so that all meet the same machine."""
    pdf, data = work / "pages.pdf", work / "data"
    done = {
        OWN: ours(pdf, work / "warm", data, jobs),
        "ocrmypdf": peer(pdf, work, jobs),
        "ocrmypdf --output-type pdf": peer(pdf, work, jobs, "--output-type", "pdf"),
    }
    shutil.rmtree(data)
    return {
        name: (
            len(scans) / seconds * 60,
            mean_character_error([(text, scan.text) for scan, text in zip(scans, texts, strict=False)]),
        )
        for name, (seconds, texts) in done.items()
    }


def report(rounds: list[Round]) -> None:
    """Prints each one's pages a minute, round by round, its errors, and how we do against it in the same round."""
    for name in rounds[0]:
        rates = [one[name][0] for one in rounds]
        print(f"{name:28} {' '.join(f'{rate:5.0f}' for rate in rates)} pages/min   ", end="")
        print(f"character error {rounds[0][name][1]:6.2%}", end="")
        if name != OWN:
            times = sorted(one[OWN][0] / one[name][0] for one in rounds)
            print(
                f"   we: {times[0]:.2f} to {times[-1]:.2f}, median {statistics.median(times):.2f} x its pages, ", end=""
            )
            print(f"{rounds[0][OWN][1] / rounds[0][name][1]:.2f} of its errors", end="")
        print()


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None
    main()
