"""The programs and fonts that tests need beside Python, and whether they are there.

`python -m tests.tools NAME` prints where one is, and ends with 1 where it is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.engines import jars, servers

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def find(name: str) -> str:
    """Where the tool is; empty where it is missing or does not run."""
    return _TOOLS[name]()


def missing(name: str) -> str:
    """What is missing and how it comes, as one line; empty where the tool is there."""
    if name in servers.SERVERS:
        return servers.missing(name)
    return "" if find(name) else f"{name} is missing: make test installs it, as root or with sudo"


def _chromium() -> str:
    """An installed Chromium that starts (Ubuntu's command only asks for a snap), else Playwright's own."""
    for name in CHROMIUMS:
        path = shutil.which(name)
        if path and _runs(path, "--version"):
            return path
    return _playwrights()


def _playwrights() -> str:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return ""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else ""


def _tesseract() -> str:
    path = shutil.which("tesseract")
    if path is None:
        return ""
    told = subprocess.run([path, "--list-langs"], capture_output=True, text=True, check=False).stdout
    return path if {"chi_sim", "osd"} <= set(told.split()) else ""


def _cjk_fonts() -> str:
    path = shutil.which("fc-list")
    if path is None:
        return ""
    return subprocess.run([path, ":lang=zh-cn", "file"], capture_output=True, text=True, check=False).stdout.strip()


def _redis() -> str:
    return shutil.which("redis-server") or ""


def _image_builder() -> str:
    """Buildah, where it may be used: with a base made by debootstrap, by root."""
    return (shutil.which("buildah") or "") if shutil.which("debootstrap") and os.getuid() == 0 else ""


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


_TOOLS: dict[str, Callable[[], str]] = {
    "chromium": _chromium,
    "tesseract": _tesseract,
    "cjk_fonts": _cjk_fonts,
    "redis": _redis,
    "docker_compose": lambda: shutil.which("docker-compose") or "",
    "image_builder": _image_builder,
    "jdk": lambda: jars.java_for(jars.OPENSEARCH_2),
}

if __name__ == "__main__":
    found = find(sys.argv[1])
    print(found)  # noqa: T201  (that is what it is for)
    sys.exit(0 if found else 1)
