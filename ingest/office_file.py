"""Title and date of an office document (docx, xlsx, pptx), which is kept as an attachment and not read otherwise.

Called only inside the decoder's child.
"""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

from ingest.plain_text import plain

PROPERTIES = "docProps/core.xml"
MOST = 64 * 1024  # bytes of the properties
_TITLE = re.compile(r"<dc:title[^>]*>([^<]*)</dc:title>")
_CREATED = re.compile(r"<dcterms:created[^>]*>\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z?\s*</dcterms:created>")


def properties(path: Path) -> tuple[str, str]:
    """Title and ISO time of making, each empty where the file has none or cannot be read."""
    try:
        with zipfile.ZipFile(path) as packed, packed.open(PROPERTIES) as part:
            text = part.read(MOST).decode("utf-8", "replace")
    except (KeyError, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zipfile.BadZipFile):
        return "", ""
    title, created = _TITLE.search(text), _CREATED.search(text)
    return plain(html.unescape(title[1])) if title else "", created[1] if created else ""
