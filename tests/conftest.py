"""What holds for every test: nothing is left out in silence.

A test that needs a program beside Python says so: `@pytest.mark.needs("chromium", "tesseract", "cjk_fonts")`. Where it
is missing the test is not run, and the summary says so and why. `DOSSIER_TEST_REQUIRE=all` (or names, with commas)
makes a failure of that; with `all` every other skipped test fails too.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import tools

REQUIRED = frozenset(filter(None, os.environ.get("DOSSIER_TEST_REQUIRE", "").split(",")))
EVERYTHING = "all" in REQUIRED
OWN_SETTINGS = "DOSSIER_"
# What tests need by where they stand, or by the parameter they are run with.
NEEDED_IN_FOLDER = {"e2e": ("chromium", "cjk_fonts")}
NEEDED_FOR_PARAMETER = {"tesseract": ("tesseract",)}


@pytest.fixture(autouse=True, scope="session")
def _settings_of_the_tests_alone() -> Iterator[None]:
    """The settings of whoever runs the tests do not reach into them."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(OWN_SETTINGS)}
    for name in kept:
        if name != "DOSSIER_TEST_REQUIRE":
            del os.environ[name]
    yield
    os.environ.update(kept)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the Chromium that tests drive."""
    return tools.find("chromium")


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """A browser of all tests: Playwright can be started once a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is needed by folder and parameter."""
    for item in items:
        needed = NEEDED_IN_FOLDER.get(item.path.parent.name, ())
        for word in getattr(getattr(item, "callspec", None), "id", "").split("-"):
            needed += NEEDED_FOR_PARAMETER.get(word, ())
        if needed:
            item.add_marker(pytest.mark.needs(*needed))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Runs a test only where what it needs is there."""
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            reason = tools.missing(name)
            if not reason:
                continue
            if EVERYTHING or name in REQUIRED:
                pytest.fail(f"{reason} (it is required here)", pytrace=False)
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where everything is required, a skipped test is a failed one."""
    report: pytest.TestReport = yield  # type: ignore[misc]
    if EVERYTHING and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"not run, though everything is required here: {reason}"
    return report  # type: ignore[return-value]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not run, and why."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        terminalreporter.section("not run")
        for reason, number in reasons.most_common():
            terminalreporter.write_line(f"{number} tests: {reason}")
