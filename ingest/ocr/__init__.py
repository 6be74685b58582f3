"""Reading the text of page images: the engines behind `archive.ports.OcrEngine`, and the choice among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.errors import InvalidInput

if TYPE_CHECKING:
    from archive.config import Settings
    from archive.ports import OcrEngine


def choose_engine(settings: Settings) -> OcrEngine:
    """The engine the settings ask for; `auto` takes RapidOCR, which makes a tenth of Tesseract's errors in half its
    time. Loads nothing yet. Raises InvalidInput("ocr_engine_unknown")."""
    if settings.ocr in ("auto", "rapidocr"):
        from ingest.ocr.rapid import RapidOcrEngine

        return RapidOcrEngine(settings)
    if settings.ocr == "tesseract":
        from ingest.ocr.tesseract import TesseractEngine

        return TesseractEngine(settings)
    raise InvalidInput("ocr_engine_unknown", field="ocr", given=settings.ocr)


def careful_engine(settings: Settings) -> OcrEngine | None:
    """The engine that reads pages again when nothing waits, with four times as many characters in four times the
    time; None where that is off or where Tesseract reads. Loads nothing yet."""
    if settings.ocr_careful == "off" or settings.ocr not in ("auto", "rapidocr"):
        return None
    from ingest.ocr.rapid import RapidOcrEngine

    return RapidOcrEngine(settings, careful=True)
