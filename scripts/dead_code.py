"""Names that nothing uses: vulture over the whole checkout, with what templates use taken into account.

    python scripts/dead_code.py

Ends with 1 where something is left over. Variables and attributes are not looked at: record fields and settings of
libraries are set for others to read.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parents[1]
PATHS = ("archive", "ingest", "search", "workers", "webui", "schemes", "tests", "bench", "docs", "samples")
KINDS = {"class", "function", "import", "method", "property", "unreachable_code"}
CONFIDENCE = 60  # per cent; below 60 there is nothing

# Called by a library by their name, or by how they are marked.
CALLED = (
    "test_*", "pytest_*", "format_*", "get_command", "list_commands", "readable", "seekable", "get_cookie_*",
    "save_session", "open_session", "do_GET", "log_message",
)  # fmt: skip
MARKED = (
    "@*.get", "@*.post", "@*.put", "@*.delete", "@*.route", "@*.command", "@*.errorhandler", "@*.app_errorhandler",
    "@*.before_request", "@*.after_request", "@*.before_app_request", "@*.after_app_request", "@*.context_processor",
    "@*.app_context_processor", "@*.app_template_*", "@*.template_*", "@*.connect", "@*.task", "@step",
    "@pytest.fixture", "@model_validator", "@field_validator", "@atexit.register", "@waiting", "@*.user_loader",
)  # fmt: skip
# Names vulture cannot see being used, with the reason.
KEPT = {
    "phrase": "called by Lark for the rule of this name",
    "all_of": "called by Lark for the rule of this name",
    "any_of": "called by Lark for the rule of this name",
    "negated": "called by Lark for the rule of this name",
    "process_log_record": "called by the formatter of JSON lines",
    "formatTime": "called by the standard library's formatter",
    "on_starting": "called by gunicorn",
    "child_exit": "called by gunicorn",
    "on_exit": "called by gunicorn",
}


def left_over() -> list[str]:
    """What nothing uses, one line each."""
    vulture = Vulture(ignore_names=list(CALLED), ignore_decorators=list(MARKED))
    vulture.scavenge([str(ROOT / path) for path in PATHS])
    templates = "\n".join(path.read_text("utf-8") for path in (ROOT / "webui").rglob("*.html"))
    used = set(re.findall(r"\w+", templates)) | set(KEPT)
    return [
        f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: unused {item.typ} {item.name}"
        for item in vulture.get_unused_code(min_confidence=CONFIDENCE)
        if item.typ in KINDS and item.name not in used
    ]


def main() -> None:
    found = left_over()
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
