"""What stands around every screen: words in both languages, theme, keys, errors, and what guards the pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.web.conftest import Office, Screen
from webui import keys
from webui.language import GAP
from webui.words import CHINESE

WEBUI = Path(keys.__file__).parent
TEMPLATES = sorted((WEBUI / "templates").rglob("*.html"))
SCRIPTS = sorted((WEBUI / "static" / "js").glob("*.js"))
IN_TEMPLATE = re.compile(r"""(?<![\w.])_m?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")


def words_of_templates() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        for found in IN_TEMPLATE.finditer(path.read_text("utf-8")):
            yield path.name, found[1] or found[2]


def words_of_views() -> Iterator[tuple[str, str]]:
    for path in sorted(WEBUI.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = getattr(called, "id", getattr(called, "attr", ""))
            if name in ("words", "marked_words") and isinstance(node, ast.Call):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    yield path.name, str(first.value)


# --- words -----------------------------------------------------------------------------------------------------------


def test_every_word_of_a_screen_is_there_in_chinese() -> None:
    missing = [(place, said) for place, said in (*words_of_templates(), *words_of_views()) if said not in CHINESE]
    assert missing == []


def test_both_languages_name_the_same_gaps() -> None:
    def gaps(text: str) -> set[str]:
        return {found[1] for found in GAP.finditer(text)}

    for english, chinese in CHINESE.items():
        assert gaps(chinese) <= gaps(english), english
        needed = {found[1] for found in GAP.finditer(english) if found[2] is None}
        assert needed <= gaps(chinese), english


def test_chinese_is_punctuated_in_full_width_and_asks_without_please() -> None:
    for english, chinese in CHINESE.items():
        assert not re.search(r"[\u4e00-\u9fff][,;?!](?!\w)", chinese), chinese
        assert "请" not in chinese.replace("申请", ""), chinese
        assert "!" not in english, english


def test_the_language_follows_the_browser_until_it_is_chosen(office: Office) -> None:
    client = office.visitor().client
    english = client.get("/", headers={"Accept": "text/html", "Accept-Language": "en"}).text
    chinese = client.get("/", headers={"Accept": "text/html", "Accept-Language": "zh-CN"}).text
    assert '<html lang="en"' in english
    assert '<html lang="zh-Hans"' in chinese
    office_visitor = office.visitor()
    office_visitor.post("/language", {"language": "zh", "next": "/"})
    assert '<html lang="zh-Hans"' in office_visitor.get("/").text


def test_a_theme_is_kept_and_let_go_of(office: Office) -> None:
    visitor = office.visitor()
    visitor.post("/theme", {"theme": "dark", "next": "/"})
    assert 'data-theme="dark"' in visitor.get("/").text
    visitor.post("/theme", {"theme": "system", "next": "/"})
    assert "data-theme=" not in visitor.get("/").text.split("<head>")[0]


def test_coming_back_never_leaves_the_site(office: Office) -> None:
    for away in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"):
        answer = office.visitor().post("/language", {"language": "en", "next": away}, follow_redirects=False)
        assert answer.headers["Location"] == "/"


# --- keys ------------------------------------------------------------------------------------------------------------


def listened_to() -> set[str]:
    text = "".join(path.read_text("utf-8") for path in SCRIPTS)
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES)
    found = set(re.findall(r"keys\.on\('([^']+)'", text)) | set(re.findall(r"event\.key === '([^']+)'", text))
    return found | set(re.findall(r'data-key="([^"{]+)"', templates))


SHOWN_AS = {"←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown", "Esc": "Escape", "−": "-"}


@pytest.mark.parametrize("screen", ["search", "viewer"])
def test_the_keys_shown_are_those_listened_to(screen: str) -> None:
    shown = {SHOWN_AS.get(key, key) for line, _ in keys.BY_SCREEN[screen][1] for key in line.split(" ")}
    assert shown - listened_to() == set()


def test_the_keys_of_every_page_are_listened_to() -> None:
    shown = {SHOWN_AS.get(key, key) for line, _ in keys.EVERYWHERE for key in line.split(" ")}
    assert shown - listened_to() == {"Ctrl+Enter"}  # Enter with a modifier


# --- errors ----------------------------------------------------------------------------------------------------------


def test_an_error_is_a_page_for_a_person_and_json_for_a_program(office: Office) -> None:
    client = office.visitor().client
    page = client.get("/nothing-here", headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert page.status_code == 404
    assert "没有这一页" in page.text
    data = client.get("/nothing-here", headers={"Accept": "application/json", "Accept-Language": "en"})
    assert data.get_json()["error"]["key"] == "web_no_page"
    assert "no such page" in data.get_json()["error"]["message"]


def test_a_wrong_method_is_told_with_those_that_are_right(office: Office) -> None:
    answer = office.visitor().client.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_fault_of_the_program_is_told_without_its_details(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(office.app.view_functions, "frame.keys", lambda: 1 / 0)
    answer = office.visitor().client.get("/keys", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert answer.status_code == 500
    assert "A fault of the program" in answer.text
    assert "ZeroDivision" not in answer.text


def test_a_form_without_its_token_changes_nothing(office: Office) -> None:
    client = office.visitor().client
    answer = client.post("/theme", data={"theme": "dark"}, headers={"Accept": "text/html", "Accept-Language": "en"})
    assert answer.status_code == 400
    assert "no longer valid" in answer.text


# --- guards ----------------------------------------------------------------------------------------------------------


def test_every_answer_carries_the_guards(office: Office) -> None:
    client = office.visitor().client
    for path in ("/", "/keys", "/nothing-here", "/static/look.css", "/sign-in", "/api/search?q=x"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path


def test_no_script_and_no_style_stands_in_a_page() -> None:
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"<style(?![^>]*nonce)", text), path
        assert not re.search(r"\sstyle=", text), path
        assert not re.search(r"\son(click|load|error|change|input|submit|key\w+|mouse\w+|focus|blur)=", text), path


def test_a_stranger_is_asked_to_sign_in_and_comes_back(office: Office) -> None:
    client = office.app.test_client()
    answer = client.get("/?q=合同", headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert "next=" in answer.headers["Location"]
    assert client.get("/api/search?q=x").status_code == 401
    assert client.get("/api/search?q=x").get_json()["error"]["key"] == "sign_in_first"


def test_every_address_but_the_open_ones_asks_for_a_sign_in(office: Office) -> None:
    client = office.app.test_client()
    open_ones = {"static", "signin.form", "signin.enter", "frame.choose_language", "frame.choose_theme", "frame.health"}
    open_ones |= {"probes.alive", "probes.ready", "probes.figures"}
    for rule in office.app.url_map.iter_rules():
        if rule.endpoint in open_ones or "GET" not in (rule.methods or ()):
            continue
        filled = re.sub(r"<(?:int:)?\w+>", "1", rule.rule)
        assert client.get(filled).status_code in (401, 404), rule.rule


def test_health_is_told_to_anybody(office: Office) -> None:
    answer = office.app.test_client().get("/health")
    assert answer.get_json() == {"ok": True}


# --- in a browser -----------------------------------------------------------------------------------------------------


WINDOWS = pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)])


@WINDOWS
def test_keys_are_without_serious_faults(browse: Callable[..., Screen], width: int, dark: bool) -> None:
    screen = browse(width=width, dark=dark)
    screen.open("/keys")
    screen.check()


@WINDOWS
def test_errors_are_without_serious_faults(
    office: Office, browse: Callable[..., Screen], monkeypatch: pytest.MonkeyPatch, width: int, dark: bool
) -> None:
    monkeypatch.setitem(office.app.view_functions, "frame.keys", lambda: 1 / 0)
    screen = browse("he.zhixing", width=width, dark=dark)
    shown = {"/intake": 403, "/nothing-here": 404, f"/dossiers/KH-{'2024' * 40}": 404, "/keys": 500}
    for path, status in shown.items():
        page = screen.open(path)
        assert page.inner_text(".title .said") == str(status)
        (told,) = screen.faults  # what a browser itself says of such an answer
        assert f"status of {status}" in told
        screen.faults.clear()
        screen.check()


@pytest.mark.needs("chromium")
def test_the_theme_goes_round_and_keys_lead_to_places(browse: Callable[..., Screen]) -> None:
    screen = browse(dark=False)
    page = screen.open("/")
    theme = "document.documentElement.dataset.theme || ''"
    button = page.locator(".rail [name=theme]")
    seen = []
    for _ in range(3):
        button.click()
        seen.append(page.evaluate(theme))
    assert seen == ["dark", "light", ""]
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/intake")
