"""The jars of the OpenSearch nodes that tests start, in a folder for caches: fetched by Maven, never inside a test.

`python -m tests.engines.jars` fetches what is missing and says what it cannot; `make test` does so. The folder is
`dossier/engines` where the system keeps caches, or what DOSSIER_TEST_ENGINES names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FIXED_NAME = "DOSSIER_TEST_ENGINES"


@dataclass(frozen=True)
class Release:
    """An OpenSearch. `java` is the first Java it runs on, `not_java` the first it does not run on any more."""

    version: str
    java: int
    not_java: int = 1000


OPENSEARCH_2 = Release("2.19.1", java=11, not_java=24)  # it needs the security manager, which Java 24 took away
OPENSEARCH_3 = Release("3.8.0", java=21)
RELEASES = (OPENSEARCH_2, OPENSEARCH_3)


def folder_of(release: Release) -> Path:
    """Where the jars of a release lie. The folder is there only when all of them are."""
    named = os.environ.get(FIXED_NAME)
    if named:
        return Path(named) / f"opensearch-{release.version}"
    cached = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = cached if cached.is_absolute() else Path("~/.cache").expanduser()  # the rule ignores relative paths
    return base / "dossier" / "engines" / f"opensearch-{release.version}"


def java_for(release: Release) -> str:
    """The oldest installed Java (a whole JDK: it compiles the node's one file) that a release runs on; else empty."""
    fitting = {number: path for number, path in _javas() if release.java <= number < release.not_java}
    return fitting[min(fitting)] if fitting else ""


def missing(release: Release) -> str:
    """Why no node of the release can be started, as one line; empty where it can."""
    if not java_for(release):
        return f"OpenSearch {release.version} needs a JDK from {release.java} on, and there is none"
    if not folder_of(release).is_dir():
        return f"the jars of OpenSearch {release.version} are missing: make test fetches them, with Maven"
    return ""


def fetch(release: Release) -> None:
    """Fetches the jars of a release. Raises OSError, subprocess.CalledProcessError."""
    target = folder_of(release)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetching-") as draft:
        wanted = [f"-Drunner.version={release.version}.0", f"-DoutputDirectory={draft}/jars"]
        copy = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies", *wanted]
        subprocess.run(copy, check=True, timeout=900, stdout=sys.stderr)
        if not target.is_dir():  # somebody else may have been faster
            Path(draft, "jars").rename(target)


def fetch_all() -> list[str]:
    """Fetches what is missing for the installed Javas; says what could not be had."""
    troubles = []
    for release in RELEASES:
        if not java_for(release) or folder_of(release).is_dir():
            continue
        try:
            _insist(release)
        except (OSError, subprocess.SubprocessError) as reason:
            troubles.append(f"the jars of OpenSearch {release.version} could not be fetched: {reason}")
    return troubles


def _insist(release: Release) -> None:
    """Fetches, and tries once more where the network failed on the way."""
    try:
        fetch(release)
    except subprocess.SubprocessError:
        fetch(release)


@cache
def _javas() -> tuple[tuple[int, str], ...]:
    """The installed JDKs: their version and where the program is."""
    found: dict[int, str] = {}
    for java in _candidates():
        if java.with_name("javac").exists() and (number := _number_of(java)):
            found.setdefault(number, str(java))
    return tuple(found.items())


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if plain := shutil.which("java"):
        yield Path(plain).resolve()
    yield from sorted(Path("/usr/lib/jvm").glob("*/bin/java"))


def _number_of(java: Path) -> int:
    """The version; 0 where it does not run."""
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(match[1]) if match else 0


if __name__ == "__main__":
    for trouble in fetch_all():
        print(trouble, file=sys.stderr)  # noqa: T201  (that is what it is for)
