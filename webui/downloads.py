"""Files that a browser is given to keep. The only module that names them in an answer's headers."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response


def as_download(answer: Response, name: str) -> Response:
    """Marks an answer as a file called `name`, in any script (RFC 5987), not to be kept by anything on its way."""
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
