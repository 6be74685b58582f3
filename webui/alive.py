"""`python -m webui.alive`: whether the web server on this machine's port lives, for a container's health check."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

from archive.config import settings

SECONDS = 4.0


def main() -> int:
    """Exit codes: 0 it answers, 1 it does not."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{settings().port}/healthz", timeout=SECONDS):
            return 0
    except (OSError, urllib.error.URLError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
