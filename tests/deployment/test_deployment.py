"""The image is built, and what the compose file starts is started out of it: web, workers, schedule, against a Redis
with a password and a real search server. The main job goes through them over HTTP.

The tests are steps of one deployment's life, in the order of the file.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.image import Builder
from tests.deployment.services import SERVICES, Deployment, wait_until
from tests.deployment.visitor import Answer, Visitor
from tests.engines.servers import SearchServers

pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.needs("docker_compose", "image_builder", "redis", "opensearch2"),
]
ROOT = Path(__file__).resolve().parents[2]
NUMBER = "KH-2024-031"
WORD = "KG-2024-031"  # the number of the start report, on its only page
REPORT = next((ROOT / "samples" / "dossiers").rglob(f"{NUMBER} */08 *.pdf"))
PEOPLE = {
    "lu.yao": ("陆遥", "administrator"),
    "gu.wendi": ("顾闻笛", "archivist"),
    "tang.xu": ("汤序", "archivist"),
    "he.zhixing": ("贺知行", "reader"),
}
PASSWORD = "一路平安 correct battery 7"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    builder = Builder(tmp_path_factory.mktemp("image"))
    try:
        builder.build_base()
        builder.build()
        yield builder
    finally:
        builder.remove()


@pytest.fixture(scope="module")
def deployed(
    built: Builder, tmp_path_factory: pytest.TempPathFactory, search_servers: SearchServers
) -> Iterator[Deployment]:
    """Everything running, with the people of an office made by the first administrator."""
    made = Deployment(built, tmp_path_factory.mktemp("deployment"), search_servers.url("opensearch2"))
    try:
        made.start_broker()
        for name in SERVICES:
            made.start(name)
        wait_until(lambda: is_ready(made), "the web to be ready")
        for login, (name, role) in PEOPLE.items():
            add = ("dossier", "people", "add", login, "--name", name, "--role", role, "--password-stdin")
            told = made.run("web", *add, typed=PASSWORD + "\n")
            assert told.returncode == 0, told.stderr
        yield made
    finally:
        made.close()


def is_ready(made: Deployment) -> bool:
    try:
        return Visitor(made.address).get("/readyz").status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def archivist(deployed: Deployment) -> Visitor:
    visitor = Visitor(deployed.address)
    visitor.sign_in("gu.wendi", PASSWORD)
    return visitor


def test_the_image_runs_as_somebody_who_is_not_root_and_has_no_compiler(built: Builder, deployed: Deployment) -> None:
    about = built.about()
    assert about["User"] == "dossier" and about["Healthcheck"]["Test"][0] == "CMD"
    assert deployed.run("web", "id", "-u").stdout.strip() == "1000"
    assert deployed.run("web", "sh", "-c", "command -v gcc cc make; true").stdout == ""


def test_the_image_has_chinese_fonts_and_what_tesseract_reads_chinese_with(deployed: Deployment) -> None:
    assert deployed.run("web", "fc-list", ":lang=zh-cn", "family").stdout.strip()
    languages = deployed.run("web", "tesseract", "--list-langs").stdout.split()
    assert {"chi_sim", "osd"} <= set(languages)


def test_there_is_no_sample_account_and_nobody_but_those_who_were_made(deployed: Deployment) -> None:
    told = deployed.run("web", "dossier", "people", "list", "--json")
    assert {one["login"] for one in json.loads(told.stdout)} == set(PEOPLE)


def test_every_service_says_that_it_is_healthy(deployed: Deployment) -> None:
    for name in SERVICES:
        wait_until(lambda name=name: deployed.is_healthy(name), f"{name} to be healthy")  # type: ignore[misc]


def test_a_scan_sent_to_the_web_is_read_by_the_workers_and_its_page_is_found(
    deployed: Deployment, archivist: Visitor
) -> None:
    form = {"number": NUMBER, "name": "程控交换机安装工程", "cls": "KH.QY", "customer_t": "临澜港务物流园管理有限公司"}
    opened = archivist.post("/dossiers/new?scheme=engineering-customer", scheme="engineering-customer", **form)
    assert opened.status == 200 and form["name"] in opened.text, opened.text
    sent = archivist.upload(REPORT.name, REPORT.read_bytes(), dossier=NUMBER)
    assert sent.status == 201, sent.text
    batch = sent.data["batch"]

    def state() -> str:
        (job,) = archivist.get(f"/intake/jobs.json?batch={batch}", accept="application/json").data["jobs"]
        assert job["state"] != "failed" and not job["failed"], job
        return str(job["state"])

    wait_until(lambda: state() == "done", "the page to be read")
    found: list[dict[str, object]] = []

    def is_found() -> bool:
        found[:] = archivist.get(f"/api/search?q={WORD}", accept="application/json").data["found"]
        return bool(found)

    wait_until(is_found, "the page to be found")
    (hit,) = found[0]["hits"]  # type: ignore[misc]
    assert hit["boxes"]  # type: ignore[index]
    image = hit["image"].replace("/info.json", "")  # type: ignore[index]
    picture = archivist.get(f"{image}/full/400,/0/default.jpg", accept="image/*")
    assert picture.status == 200 and picture.body.startswith(b"\xff\xd8\xff")


def test_a_volume_is_lent_once_and_comes_back(deployed: Deployment, archivist: Visitor) -> None:
    code = fixed_volume(archivist)
    wish = {"code": code, "act": "issue", "borrower": "he.zhixing", "asked_for": "开工日期", "purpose": "核对工期"}
    wish |= {"signature": "贺知行", "consent": "gu.wendi", "room": "阅览室"}
    lent = archivist.post("/lending/act", **wish)
    assert lent.status == 200 and "贺知行" in lent.text, notes(lent)
    other = Visitor(deployed.address)
    other.sign_in("tang.xu", PASSWORD)
    assert other.post("/lending/act", **{**wish, "borrower": "lu.yao"}).status == 409
    back = archivist.post("/lending/act", code=code, act="return", as_recorded="yes")
    assert back.status == 200, notes(back)
    shelved = archivist.post("/lending/act", code=code, act="reshelve", place="甲柜/2 层/盒 07")
    assert shelved.status == 200, notes(shelved)
    assert code in archivist.get("/lending/register").text


def notes(answer: Answer) -> list[str]:
    """What the screen says went wrong."""
    return re.findall(r'class="(?:note|fault)[^>]*>(.*?)</(?:div|p|span)>', answer.text, re.DOTALL)


def fixed_volume(archivist: Visitor) -> str:
    """The paper is checked and goes into a volume, which is fixed; the code of its original."""
    for document in re.findall(r'action="(/review/[0-9a-f]+)"', archivist.get("/review").text):
        assert archivist.post(document).status == 200
    place = {"sheets": "1", "cabinet": "甲柜", "shelf": "2 层", "box": "盒 07"}
    for act in (
        {"act": "all_as_proposed"},
        {"act": "number_pages", "volume": "1"},
        {"act": "fix", "volume": "1"} | place,
    ):
        told = archivist.post(f"/arrange/{NUMBER}", **act)
        assert told.status == 200, notes(told)
    found = re.search(rf"{NUMBER}-01-Y1", archivist.get(f"/dossiers/{NUMBER}").text)
    assert found
    return found[0]


def test_the_figures_of_all_processes_are_shown_near_by_and_not_through_a_proxy(deployed: Deployment) -> None:
    stranger = Visitor(deployed.address)
    shown = stranger.get("/metrics").text
    assert figure(shown, "dossier_search_seconds_count") > 0
    assert figure(shown, "dossier_workers") == 2
    assert stranger.get("/metrics", **{"X-Forwarded-For": "10.1.2.3"}).status == 404
    worker = Visitor(f"http://127.0.0.1:{deployed.ports['ocr-worker figures']}").get("/metrics").text
    assert figure(worker, 'dossier_pages_read_total{outcome="read"}') == 1
    for text in (shown, worker):
        assert NUMBER not in text and "gu.wendi" not in text and WORD not in text


def figure(text: str, name: str) -> float:
    return next(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"{name} "))


def test_every_line_logged_is_json_with_its_request_or_task_and_holds_no_secret(deployed: Deployment) -> None:
    asked = Visitor(deployed.address).get(f"/sign-in?next=/?q={WORD}", **{"X-Request-ID": "of-a-proxy.1"})
    assert asked.headers["X-Request-ID"] == "of-a-proxy.1"
    web = deployed.lines("web")
    wait_until(lambda: any(line.get("request_id") == "of-a-proxy.1" for line in deployed.lines("web")), "the line")
    assert all(line["request_id"] for line in web if line["logger"] == "gunicorn.access")
    tasks = [line for line in deployed.lines("ocr-worker") if "task_id" in line]
    assert {line["task"] for line in tasks} >= {"dossier.read"}
    for name in SERVICES:
        text = deployed.log(name)
        assert deployed.lines(name) or name == "scheduler"
        for secret in (deployed.secret("index_password"), deployed.secret("broker_password"), PASSWORD, WORD):
            assert secret not in text, name


def test_without_its_redis_the_web_says_what_is_missing(deployed: Deployment) -> None:
    stranger = Visitor(deployed.address)
    wait_until(lambda: stranger.get("/readyz").status == 200, "everything to answer")
    deployed.stop("broker")
    told: list[Answer] = []
    wait_until(lambda: told.append(stranger.get("/readyz")) or told[-1].status == 503, "the web to notice")
    assert told[-1].data == {"ok": False, "missing": ["queue"]}
    assert stranger.get("/healthz").status == 200


def test_everything_ends_when_it_is_told_to_and_nothing_was_written_beside_the_volumes(deployed: Deployment) -> None:
    for name in reversed(SERVICES):
        assert deployed.stop(name) == 0, deployed.log(name)[-3000:]
    since = str(deployed.folder / "secrets" / "broker_password")
    find = ["find", str(deployed.root), "-xdev", "-newer", since, "-type", "f"]
    written = subprocess.run(find, capture_output=True, text=True, check=True).stdout.split()
    ours = [path for path in written if not path.startswith((str(deployed.root / "run"), str(deployed.root / "etc")))]
    assert ours == []
