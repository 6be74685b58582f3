"""The compose file: nothing is reachable but the web, nothing is without limits, no secret stands in it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive.config import Settings
from tests.deployment.compose import FILE, ROOT, command, composed, environment, health_check, service

pytestmark = pytest.mark.needs("docker_compose")
OURS = ("web", "ocr-worker", "index-worker", "scheduler", "watcher")
ONCE = ("index-folders",)  # ends at once
QUOTED = re.compile(r"\$\{[A-Z_]+:-[^}]*\}")


def all_services() -> dict[str, Any]:
    found: dict[str, Any] = composed()["services"]
    return found


def test_only_the_web_publishes_a_port_and_that_to_this_machine_alone() -> None:
    ports = {name: one["ports"] for name, one in all_services().items() if one.get("ports")}
    assert ports == {"web": ["127.0.0.1:8400:8400/tcp"]}


def test_every_service_has_limits_a_restart_policy_and_a_health_check() -> None:
    for name, one in all_services().items():
        assert one["mem_limit"] and float(one["cpus"]) > 0, name
        assert one["restart"] == ("no" if name in ONCE else "unless-stopped"), name
        assert name in ONCE or one["healthcheck"]["test"], name
        assert name in ONCE or not one["healthcheck"].get("disable"), name


def test_our_services_are_not_root_and_write_nowhere_but_to_their_volumes() -> None:
    for name in OURS:
        one = service(name)
        assert one["read_only"] is True and one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"] and "user" not in one, name
        assert any(str(volume).startswith("data:/data") for volume in one["volumes"]), name


def test_every_setting_of_the_file_is_one_of_ours() -> None:
    known = {f"DOSSIER_{name.upper()}" for name in Settings.model_fields}
    for name in OURS:
        assert {key for key in environment(name) if key.startswith("DOSSIER_")} <= known, name
        assert environment(name)["DOSSIER_LOG"] == "json", name


def test_no_password_stands_in_the_file_and_each_is_asked_for() -> None:
    text = FILE.read_text("utf-8")
    for key, value in ((key, value) for one in OURS for key, value in environment(one).items()):
        assert not key.endswith(("PASSWORD", "KEY", "SECRET")), key
        assert "@" not in value or not value.startswith(("http", "redis")), key
    assert set(composed()["secrets"]) == {"index_password", "broker_password"}
    assert environment("index")["xpack.security.enabled"] == "true"
    assert environment("index")["ELASTIC_PASSWORD_FILE"] == "/run/secrets/index_password"
    assert not re.search(r"password\s*[:=]\s*[\"']?\w{6,}", QUOTED.sub("", text), re.IGNORECASE)


def test_the_redis_keeps_what_it_was_told_and_throws_nothing_out() -> None:
    words = " ".join(command("broker"))
    assert "--appendonly yes" in words and "--maxmemory-policy noeviction" in words


def test_pages_and_short_steps_have_workers_of_their_own() -> None:
    assert command("ocr-worker")[-2:] == ["--queues", "ocr"]
    assert command("index-worker")[-2:] == ["--queues", "index"]


def test_what_a_process_needs_is_there_before_it_starts() -> None:
    for name in OURS:
        waits = service(name)["depends_on"]
        assert {part: one["condition"] for part, one in waits.items()} == {
            "index": "service_healthy",
            "broker": "service_healthy",
        }, name


def test_a_stop_waits_for_the_page_at_hand() -> None:
    assert service("web")["stop_grace_period"] == "40s"
    assert service("ocr-worker")["stop_grace_period"] == "5m"


def test_no_sample_and_no_sample_account_reaches_a_deployment() -> None:
    for name in OURS:
        assert "sample" not in " ".join(command(name)), name
    image = (ROOT / "Dockerfile").read_text("utf-8")
    assert "samples" not in image
    assert "!samples" not in (ROOT / ".dockerignore").read_text("utf-8")


def test_health_checks_are_commands_of_the_image() -> None:
    assert health_check("web") == ["python", "-m", "webui.alive"]
    for name in ("ocr-worker", "index-worker", "scheduler", "watcher"):
        assert health_check(name)[:2] == ["python", "-c"], name
        assert f"127.0.0.1:{environment(name)['DOSSIER_METRICS_PORT']}/metrics" in health_check(name)[2], name


def test_the_image_has_no_compiler_and_its_user_is_not_root() -> None:
    image = (ROOT / "Dockerfile").read_text("utf-8")
    last = image[image.rindex("\nFROM ") :]
    assert "\nUSER dossier\n" in last and "HEALTHCHECK" in last
    assert not re.search(r"\b(gcc|g\+\+|build-essential|python3-dev)\b", image)
    assert "--require-hashes" in image and "--only-binary :all:" in image
