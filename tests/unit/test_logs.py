"""Lines of a log: their form, what they are about, and what never stands in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import logs
from archive.config import Settings

SECRET = "geheim/wort 4711"
log = logging.getLogger("archive.of.tests")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logs.about()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n", "utf-8")
    return Settings(
        data=tmp_path, log="json", index_password_file=file, broker="redis://:in-the-url@broker:6379/0"
    )  # fmt: skip


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in captured.readouterr().err.splitlines()]


def test_a_line_of_json_holds_time_level_logger_and_message(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.begin(settings)
    log.info("%s 页已读", 3)
    (line,) = lines(capsys)
    assert line["level"] == "INFO" and line["logger"] == "archive.of.tests" and line["message"] == "3 页已读"
    assert line["time"].endswith("+00:00") and isinstance(line["process"], int)


def test_a_line_says_which_request_or_task_it_is_about_and_only_then(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.begin(settings)
    with logs.bound(task_id="t-1", task="dossier.read"):
        log.info("inside")
    log.info("outside")
    inside, outside = lines(capsys)
    assert inside["task_id"] == "t-1" and inside["task"] == "dossier.read"
    assert "task_id" not in outside


def test_no_line_holds_a_secret_of_the_settings_nor_does_its_error(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("json", "text"):
        logs.begin(settings.model_copy(update={"log": form}))
        try:
            raise ValueError(f"refused: {SECRET}")
        except ValueError:
            log.exception("asked redis://:in-the-url@broker:6379/0 and %s", "geheim%2Fwort%204711")
        text = capsys.readouterr().err
        assert "refused" in text and logs.HIDDEN in text
        assert SECRET not in text and "in-the-url" not in text and "geheim%2Fwort%204711" not in text


def test_libraries_that_tell_of_every_call_are_quiet(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    logs.begin(settings)
    logging.getLogger("elastic_transport.transport").info("GET http://index:9200/ [status:200]")
    assert capsys.readouterr().err == ""
