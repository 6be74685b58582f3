"""What holds for every test: nothing is left out in silence.

A test that needs a program beside Python says so: `@pytest.mark.needs("chromium", "tesseract", "cjk_fonts")`. Where it
is missing the test is not run, and the summary says so and why. `DOSSIER_TEST_REQUIRE=all` (or names, with commas)
makes a failure of that; with `all` every other skipped test fails too.

Search servers are such programs as well, by the names in `tests.engines.servers`. A run tells which of them its tests
are run over, and at the end how many were.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import tools
from tests.engines import dialect, servers
from tests.engines.servers import SearchServers

REQUIRED = frozenset(filter(None, os.environ.get("DOSSIER_TEST_REQUIRE", "").split(",")))
EVERYTHING = "all" in REQUIRED
OWN_SETTINGS, OF_TESTS = "DOSSIER_", "DOSSIER_TEST_"
# What tests need by where they stand, or by the parameter they are run with.
NEEDED_IN_FOLDER = {"e2e": ("chromium", "cjk_fonts")}
NEEDED_FOR_PARAMETER = {"tesseract": ("tesseract",)} | {name: (name,) for name in servers.SERVERS}
SHARED = pytest.StashKey[SearchServers]()
RAN = pytest.StashKey[Counter[str]]()  # tests that were run, by index


@pytest.fixture(autouse=True, scope="session")
def _settings_of_the_tests_alone() -> Iterator[None]:
    """The settings of whoever runs the tests do not reach into them."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(OWN_SETTINGS)}
    for name in kept:
        if not name.startswith(OF_TESTS):
            del os.environ[name]
    yield
    os.environ.update(kept)


@pytest.fixture(scope="session")
def search_servers(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[SearchServers]:
    """The search servers of all tests, each started when it is first asked for."""
    shared = SearchServers(tmp_path_factory.mktemp("servers"))
    pytestconfig.stash[SHARED] = shared
    yield shared
    shared.stop()


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


def pytest_configure(config: pytest.Config) -> None:
    """Begins to count."""
    config.stash[RAN] = Counter()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is needed by folder and parameter, and what a server is known to lack."""
    for item in items:
        needed: tuple[str, ...] = NEEDED_IN_FOLDER.get(item.path.parent.name, ())
        for word in _parameters(item):
            needed += NEEDED_FOR_PARAMETER.get(word, ())
        if needed:
            item.add_marker(pytest.mark.needs(*needed))
        if "dialect" in _needs(item) and (lack := dialect.lack(item.name)):
            item.add_marker(pytest.mark.xfail(reason=f"{servers.SERVERS['dialect']}: {lack}", strict=True))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tells which indexes the tests are run over, and why not over the others."""
    chosen = Counter(name for item in session.items for name in _indexes(item))
    if not chosen.keys() & servers.SERVERS.keys():
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    for name, title in servers.INDEXES.items():
        if reporter is not None:
            reporter.write_line(f"tests over {title}: {_how_many(chosen[name], name)}")


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
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is required, a skipped test is a failed one. Shows the log of the server a failed test used."""
    report = yield
    if report.when == "call":
        item.config.stash[RAN].update(_indexes(item))
    shared = item.config.stash.get(SHARED, None)
    if report.failed and shared is not None:
        logs = ((f"log of {servers.SERVERS[name]}", shared.tail(name)) for name in _needs(item) & set(servers.SERVERS))
        report.sections += [(title, log) for title, log in logs if log]
    if EVERYTHING and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"not run, though everything is required here: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not run, and why; over which indexes the tests were run; what a server of the tests lacks."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        terminalreporter.section("not run")
        for reason, number in reasons.most_common():
            terminalreporter.write_line(f"{number} tests: {reason}")
    ran = terminalreporter.config.stash[RAN]
    if ran.keys() & servers.SERVERS.keys():
        terminalreporter.section("indexes")
        for name, title in servers.INDEXES.items():
            terminalreporter.write_line(f"{title}: {_how_many(ran[name], name)}")
        lacks = Counter(report.wasxfail for report in terminalreporter.stats.get("xfailed", []))
        for reason, number in lacks.most_common():
            terminalreporter.write_line(f"{number} tests fail there as is known: {reason}")


def _parameters(item: pytest.Item) -> list[str]:
    """The words of the parameters a test is run with."""
    return getattr(getattr(item, "callspec", None), "id", "").split("-")


def _needs(item: pytest.Item) -> set[str]:
    return {name for mark in item.iter_markers("needs") for name in mark.args}


def _indexes(item: pytest.Item) -> set[str]:
    """The indexes a test is run over, by their names."""
    return (_needs(item) | set(_parameters(item))) & set(servers.INDEXES)


def _how_many(number: int, name: str) -> str:
    reason = tools.missing(name) if name in servers.SERVERS else ""
    return f"none, {reason}" if reason else str(number)
