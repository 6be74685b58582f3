"""The sample dossiers are what their lists say, and the truth about their pages is true."""

import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
import yaml
from PIL import Image, ImageSequence

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
LIST: list[dict[str, Any]] = json.loads((SAMPLES / "dossiers.json").read_text("utf-8"))
FILES = [(dossier, entry) for dossier in LIST for entry in dossier["files"]]
READABLE = [pair for pair in FILES if pair[1]["truth"]]
SHIPPED = ("dossiers", "truth")


def name(pair: tuple[dict[str, Any], dict[str, Any]]) -> str:
    """A pair's name in the run's output."""
    return f"{pair[0]['number']} {pair[1]['file']}"


def path_of(pair: tuple[dict[str, Any], dict[str, Any]]) -> Path:
    """Where the file lies."""
    return SAMPLES / str(pair[0]["folder"]) / str(pair[1]["file"])


@cache
def truth_of(relative: str) -> dict[str, Any]:
    """A truth file's content."""
    return dict(json.loads((SAMPLES / relative).read_text("utf-8")))


def images(path: Path) -> Iterator[Image.Image]:
    """The pages of a file as grey images at 300 dpi, as the file holds them."""
    if path.suffix == ".pdf":
        with pdfium.PdfDocument(path) as book:
            for page in book:
                yield page.render(scale=300 / 72, grayscale=True).to_pil().convert("L")
        return
    with Image.open(path) as book:
        for frame in ImageSequence.Iterator(book):
            yield frame.convert("L")


@pytest.mark.parametrize("pair", FILES, ids=name)
def test_every_listed_file_is_there(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert path_of(pair).stat().st_size > 0
    assert (pair[1]["pages"] > 0) == (pair[1]["truth"] is not None)


def test_no_file_is_unlisted() -> None:
    listed = {path_of(pair) for pair in FILES} | {SAMPLES / pair[1]["truth"] for pair in READABLE}
    found = {path for folder in SHIPPED for path in (SAMPLES / folder).rglob("*") if path.is_file()}
    assert found == listed


def test_all_samples_together_are_under_ten_megabytes() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 10_000_000


def test_there_are_about_sixty_pages_in_eight_dossiers() -> None:
    assert len(LIST) == 8
    assert 55 <= sum(entry["pages"] for _, entry in FILES) <= 70
    assert {dossier["scheme"] for dossier in LIST} == {"engineering-customer", "campus-construction"}


def test_every_kind_of_file_occurs() -> None:
    found = {path_of(pair).suffix for pair in READABLE}
    assert found >= {".pdf", ".tif", ".tiff", ".jpg", ".png", ".webp", ".jp2"}
    codecs = set()
    for pair in READABLE:
        if path_of(pair).suffix in (".tif", ".tiff"):
            with Image.open(path_of(pair)) as tiff:
                codecs.add(tiff.info["compression"])
    assert codecs == {"group4", "tiff_lzw", "jpeg"}
    assert any(entry["truth"] is None for _, entry in FILES)


def test_one_finished_customer_dossier_lacks_the_parameter_table() -> None:
    customers = [d for d in LIST if d["scheme"] == "engineering-customer"]
    lacking = [d["number"] for d in customers if not any(e["type"] == "电话交换机安装参数一览表" for e in d["files"])]
    assert lacking == ["KH-2023-118"]


@pytest.mark.parametrize("dossier", LIST, ids=lambda dossier: str(dossier["number"]))
def test_types_fields_classes_and_parties_are_those_of_the_scheme(dossier: dict[str, Any]) -> None:
    scheme = yaml.safe_load((SAMPLES.parent / "schemes" / f"{dossier['scheme']}.yaml").read_text("utf-8"))
    phases = {kind["label"].split(" | ")[0]: kind["phase"] for kind in scheme["types"]}
    for entry in dossier["files"]:
        assert entry["type"] in phases
        assert entry["phase"] == phases[entry["type"]] or entry["type"] == "其他文件"
        assert set(entry["signed_by"]) <= {party["id"] for party in scheme["parties"]}
    assert set(dossier["meta"]) <= {field["name"] for field in scheme["fields"]}
    nodes = scheme["classes"]
    for code, label in zip(dossier["class"], dossier["class_labels"], strict=True):
        node = next(child for child in nodes if child["code"] == code)
        assert node["label"].split(" | ")[0] == label
        nodes = node.get("children", [])
    assert nodes == []


@pytest.mark.parametrize("pair", READABLE, ids=name)
def test_truth_holds_the_pages_and_keys_of_its_file(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    truth = truth_of(pair[1]["truth"])
    assert truth["file"] == f"{pair[0]['folder']}/{pair[1]['file']}"
    assert [page["page"] for page in truth["pages"]] == list(range(1, pair[1]["pages"] + 1))
    assert any(page["key_fields"] for page in truth["pages"])
    for page in truth["pages"]:
        text = "".join("".join(line["text"] for line in page["lines"]).split())
        assert all("".join(key.split()) in text for key in page["key_fields"])


@pytest.mark.parametrize("pair", READABLE, ids=name)
def test_boxes_lie_inside_their_page_and_cover_their_characters(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for page in truth_of(pair[1]["truth"])["pages"]:
        assert page["turned"] in (0, 90, 180, 270)
        for line in page["lines"]:
            x, y, wide, high = line["box"]
            assert x >= 0
            assert y >= 0
            assert x + wide <= page["width"]
            assert y + high <= page["height"]
            assert len(line["chars"]) == len(line["text"])
            assert min(c[0] for c in line["chars"]) == x
            assert max(c[1] + c[3] for c in line["chars"]) == y + high


@pytest.mark.parametrize("pair", READABLE, ids=name)
def test_ink_is_really_under_the_boxes(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    pages = truth_of(pair[1]["truth"])["pages"]
    shown = list(images(path_of(pair)))
    assert len(shown) == len(pages)
    for page, image in zip(pages, shown, strict=True):
        assert abs(image.width - page["width"]) <= 1
        assert abs(image.height - page["height"]) <= 1
        pixels = np.asarray(image, np.float32)
        inked = [_has_ink(pixels, box) for box in _sampled(page)]
        assert np.mean(inked) > 0.98, f"{np.mean(inked):.2f} of the sampled boxes hold ink"
        assert _is_paper_between(pixels, page) > 0.9


def _sampled(page: dict[str, Any]) -> list[list[int]]:
    """Every fifth printed or handwritten Han character, letter or digit."""
    solid = [
        box
        for line in page["lines"]
        if line.get("ink") != "seal"
        for char, box in zip(line["text"], line["chars"], strict=True)
        if char.isalnum()
    ]
    return solid[::5]


def _has_ink(pixels: np.ndarray, box: list[int]) -> bool:
    """The middle of the box holds pixels much darker than the paper around."""
    x, y, wide, high = box
    inside = pixels[y + high // 10 : y + high - high // 10, x : x + max(wide, 1)]
    around = pixels[max(0, y - high) : y + 2 * high, max(0, x - wide) : x + 2 * wide]
    paper = np.percentile(around, 90)
    share = float((inside < paper - 60).mean())
    return 0.02 < share < 0.75


def _is_paper_between(pixels: np.ndarray, page: dict[str, Any]) -> float:
    """Share of text lines with less ink in the strip above them than in themselves, of ten lines or more."""
    lighter = []
    for line in page["lines"]:
        x, y, wide, high = line["box"]
        if line.get("ink") or wide < 6 * high or y < high:
            continue
        own = pixels[y : y + high, x : x + wide].mean()
        lighter.append(pixels[y - high // 4 : y, x : x + wide].mean() > own)
    return float(np.mean(lighter)) if len(lighter) > 9 else 1.0


def test_the_manual_has_real_text_an_embedded_font_and_bookmarks() -> None:
    path = next(path_of(pair) for pair in FILES if pair[1]["type"] == "随机资料、设备手册")
    with pdfium.PdfDocument(path) as book:
        assert len(book) >= 6
        assert "全分散控制结构" in book[1].get_textpage().get_text_range()
        assert len(list(book.get_toc())) >= 10
    assert b"/FontFile2" in path.read_bytes()


def test_one_page_stands_upside_down() -> None:
    turned = [page["turned"] for pair in READABLE for page in truth_of(pair[1]["truth"])["pages"] if page["turned"]]
    assert turned == [180]


def test_one_scan_carries_a_text_layer_of_garbage() -> None:
    path = next(path_of(pair) for pair in FILES if pair[1]["number"] == "WG-2023-118")
    with pdfium.PdfDocument(io.BytesIO(path.read_bytes())) as book:
        layer = book[0].get_textpage().get_text_range()
    assert len(layer) > 300
    assert not any("一" <= char <= "鿿" for char in layer)
