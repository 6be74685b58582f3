"""Every format that is read, and what is kept without being read."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from archive.errors import Unreadable
from archive.ports import OpenedPage


def array(page: OpenedPage) -> np.ndarray:
    shape = (page.pixels.height, page.pixels.width, page.pixels.channels)
    return np.frombuffer(page.pixels.data, np.uint8).reshape(shape).squeeze()


def difference(page: OpenedPage, picture: Image.Image) -> float:
    """Mean difference in grey levels."""
    return float(np.abs(array(page).astype(int) - np.asarray(picture).astype(int)).mean())


@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("g4.tif", "1", {"compression": "group4"}),
        ("lzw.tif", "L", {"compression": "tiff_lzw"}),
        ("lzw.tif", "RGB", {"compression": "tiff_lzw"}),
        ("jpeg.tif", "RGB", {"compression": "jpeg", "quality": 95}),
        ("deflate.tif", "L", {"compression": "tiff_adobe_deflate"}),
        ("plain.tif", "1", {}),
        ("page.jpg", "L", {"quality": 95}),
        ("page.jpg", "RGB", {"quality": 95}),
        ("page.png", "1", {}),
        ("page.png", "RGB", {}),
        ("page.webp", "RGB", {"lossless": True}),
        ("page.jp2", "L", {}),
        ("page.j2k", "RGB", {}),
    ],
)
def test_a_picture_comes_out_as_it_went_in(make, decoder, name, mode, options):
    path = make.image(name, mode, **options)
    assert decoder.examine(path).pages == 1
    page = decoder.page(path, 1)
    wanted = make.picture(mode=mode)
    assert (page.pixels.width, page.pixels.height) == wanted.size
    assert page.pixels.channels == (3 if mode == "RGB" else 1)
    assert difference(page, wanted.convert("L") if mode == "1" else wanted) < 2
    assert page.layer is None
    assert page.warnings == ()


@pytest.mark.parametrize(("compression", "mode"), [("group4", "1"), ("tiff_lzw", "L"), ("jpeg", "L")])
def test_each_page_of_a_tiff_is_its_own(make, decoder, compression, mode):
    pages = [Image.new("L", (300, 200), shade).convert(mode) for shade in (0, 255, 0)]
    pages[0].save(make.folder / "m.tif", save_all=True, append_images=pages[1:], compression=compression)
    path = make.folder / "m.tif"
    assert decoder.examine(path).pages == 3
    assert [round(array(decoder.page(path, n)).mean()) for n in (1, 2, 3)] == [0, 255, 0]
    with pytest.raises(Unreadable) as raised:
        decoder.page(path, 4)
    assert raised.value.key == "page_missing"


def test_a_picture_is_upright_as_its_orientation_says(make, decoder):
    picture = make.picture((400, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    picture.save(make.folder / "turned.jpg", exif=exif, quality=95)
    page = decoder.page(make.folder / "turned.jpg", 1)
    assert (page.pixels.width, page.pixels.height) == (200, 400)
    assert difference(page, picture.transpose(Image.Transpose.ROTATE_270)) < 2


def test_sixteen_bits_are_scaled_and_not_clipped(make, decoder):
    values = np.full((200, 300), 40_000, np.uint16)
    values[50:100] = 4_000
    Image.fromarray(values).save(make.folder / "deep.png")
    page = array(decoder.page(make.folder / "deep.png", 1))
    assert page[10, 10] == pytest.approx(156, abs=1)
    assert page[60, 10] == pytest.approx(16, abs=1)


def test_what_is_clear_shows_white(make, decoder):
    Image.new("RGBA", (60, 40), (255, 0, 0, 0)).save(make.folder / "clear.png")
    assert (array(decoder.page(make.folder / "clear.png", 1)) == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_a_scanned_pdf_gives_the_pixels_of_its_scan(make, decoder, mode):
    path = make.scan(mode=mode, pages=2)
    assert decoder.examine(path).pages == 2
    page = decoder.page(path, 2)
    assert (page.pixels.width, page.pixels.height) == (620, 877)
    assert page.pixels.dpi == 75
    assert difference(page, make.picture(mode=mode).convert("RGB" if mode == "RGB" else "L")) < 3


def test_a_turned_page_of_a_pdf_comes_out_turned(make, decoder):
    with pikepdf.open(make.scan()) as pdf:
        pdf.pages[0].rotate(90, relative=False)
        pdf.save(make.folder / "turned.pdf")
    page = decoder.page(make.folder / "turned.pdf", 1)
    assert difference(page, make.picture().transpose(Image.Transpose.ROTATE_270)) < 3


PROSE = (
    b"BT /F1 14 Tf 72 700 Td 20 TL (The contractor hands over the works on the day agreed.) Tj T* "
    b"(All measurements were taken by both parties together.) Tj T* (The warranty begins with this day.) Tj ET"
)


def test_a_born_digital_page_brings_its_text_with_boxes_on_the_letters(make, decoder):
    path = make.page_of(PROSE)
    page = decoder.page(path, 1)
    assert page.layer is not None
    assert page.layer.lines[0].text == "The contractor hands over the works on the day agreed."
    assert (page.layer.width, page.layer.height) == (page.pixels.width, page.pixels.height)
    assert page.pixels.dpi == 300
    pixels = array(page)
    start = page.layer.text.index("warranty")
    ((x, y, width, height),) = page.layer.boxes_of([(start, start + 8)])
    inside = pixels[y : y + height, x : x + width]
    assert inside.min() < 60
    assert (pixels < 128).sum() > (inside < 128).sum() > 0.05 * inside.size


def scan_with_layer(make, decoder, layer: bytes) -> Path:
    """A picture of the prose with an invisible text over it, as OCR programs write it."""
    page = decoder.page(make.page_of(PROSE), 1).pixels
    file = BytesIO()
    Image.frombytes("L", (page.width, page.height), page.data).save(file, "JPEG", quality=90)
    image = b"/Type/XObject/Subtype/Image/Width %d/Height %d" % (page.width, page.height)
    return make.pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>>>",
        make.stream(b"q 595 0 0 842 0 0 cm /X Do Q " + layer),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        make.stream(file.getvalue(), image + b"/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode"),
        name="layered.pdf",
    )


def test_a_scan_with_a_good_invisible_layer_gives_its_own_pixels_and_the_layer(make, decoder):
    page = decoder.page(scan_with_layer(make, decoder, PROSE.replace(b"BT", b"BT 3 Tr", 1)), 1)
    assert (page.pixels.width, page.pixels.height, page.warnings) == (2479, 3508, ())
    assert "The warranty begins with this day." in page.layer.text


def test_a_layer_that_lies_beside_the_letters_is_left_to_ocr(make, decoder):
    beside = PROSE.replace(b"BT", b"BT 3 Tr", 1).replace(b"72 700 Td", b"72 200 Td")
    page = decoder.page(scan_with_layer(make, decoder, beside), 1)
    assert (page.layer, page.warnings) == (None, ("layer_misplaced",))


def test_a_layer_of_garbage_is_left_to_ocr(make, decoder):
    page = decoder.page(scan_with_layer(make, decoder, garbled(PROSE)), 1)
    assert (page.layer, page.warnings) == (None, ("layer_garbage",))


def garbled(content: bytes) -> bytes:
    """The content with the letters of its strings moved on in the alphabet, invisible."""

    def moved(match: re.Match[bytes]) -> bytes:
        return bytes((c - 97 + 11) % 26 + 97 if 97 <= c < 123 else c for c in match[0])

    return re.sub(rb"\([^)]*\)", moved, content).replace(b"BT", b"BT 3 Tr", 1)


def test_each_page_of_a_mixed_file_is_treated_as_what_it_is(make, decoder):
    with pikepdf.open(make.scan()) as scanned, pikepdf.open(make.page_of(PROSE)) as written:
        scanned.pages.extend(written.pages)
        scanned.save(make.folder / "mixed.pdf")
    path = make.folder / "mixed.pdf"
    assert decoder.examine(path).pages == 2
    assert [decoder.page(path, n).layer is not None for n in (1, 2)] == [False, True]


def test_what_is_filled_into_a_form_is_drawn(make, decoder):
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Shen)/Rect[100 600 300 660]/P 3 0 R/F 4"
        b"/DA(/F1 40 Tf 0 g)/AP<</N 7 0 R>>>>"
    )
    look = b"/Type/XObject/Subtype/Form/BBox[0 0 200 60]"
    path = make.pdf(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[4 0 R]>>",
        field,
        b"<<>>",
        b"<<>>",
        make.stream(b"0 0 200 60 re f", look),
    )
    assert array(decoder.page(path, 1))[870, 800] < 60  # inside the field, 300 dpi


def test_a_large_sheet_is_a_drawing_and_a_small_one_is_not(make, decoder):
    assert decoder.page(make.page_of(b"0 0 m 999 999 l S", box=b"0 0 2384 1684"), 1).drawing
    assert not decoder.page(make.page_of(b"0 0 m 999 999 l S", box=b"0 0 1191 842"), 1).drawing


def test_properties_and_bookmarks_are_read(make, decoder):
    with pikepdf.open(make.scan(pages=3)) as pdf:
        pdf.docinfo["/Title"] = "第三教学楼\u202e工程\x07"
        pdf.docinfo["/CreationDate"] = "D:20220517093000+08'00'"
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("合同", 0))
            outline.root.append(pikepdf.OutlineItem("附件", 2))
        pdf.save(make.folder / "marked.pdf")
    found = decoder.examine(make.folder / "marked.pdf")
    assert found.title == "第三教学楼工程"
    assert found.created.startswith("2022-05-17")
    assert [(mark.title, mark.page) for mark in found.bookmarks] == [("合同", 1), ("附件", 3)]


@pytest.mark.parametrize(
    ("name", "head", "media_type"),
    [
        ("plan.dwg", b"AC1027" + bytes(100), "image/vnd.dwg"),
        ("talk.wav", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        ("film.mp4", b"\0\0\0\x18ftypmp42" + bytes(99), "video/mp4"),
        ("notes.txt", "会议记录\n第一项".encode(), "text/plain"),
        ("odd.bin", bytes(range(256)), "application/octet-stream"),
    ],
)
def test_other_files_are_kept_and_said_not_to_be_read(make, decoder, name, head, media_type):
    found = decoder.examine(make.write(name, head))
    assert (found.media_type, found.attachment, found.pages) == (media_type, True, 0)
    assert "file_not_read" in found.warnings


def test_the_same_picture_has_the_same_hash_and_another_has_another(make, decoder):
    one, other = make.image("a.png"), make.image("b.png")
    coloured = make.image("c.png", "RGB")
    assert decoder.page(one, 1).image_hash == decoder.page(other, 1).image_hash
    assert decoder.page(one, 1).image_hash != decoder.page(coloured, 1).image_hash


def test_samples_born_digital_pages_are_not_read_by_ocr(decoder):
    manual = next((Path(__file__).parents[3] / "samples" / "dossiers").rglob("*操作维护手册.pdf"))
    pages = [decoder.page(manual, number) for number in range(1, decoder.examine(manual).pages + 1)]
    assert all(page.layer is not None for page in pages)
    assert "第二章 安装" in "".join(page.layer.text for page in pages)


def docx(make, properties: bytes) -> Path:
    path = make.folder / "letter.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", "<w:document/>")
        packed.writestr("docProps/core.xml", properties)
    return path


def test_an_office_document_brings_its_title_and_date(make, decoder):
    path = docx(
        make,
        "<cp:coreProperties><dc:title>安装&amp;调试\u202e方案</dc:title>"
        "<dcterms:created>2023-05-24T08:30:00Z</dcterms:created></cp:coreProperties>".encode(),
    )
    found = decoder.examine(path)
    assert (found.attachment, found.title, found.created) == (True, "安装&调试方案", "2023-05-24T08:30:00")


@pytest.mark.parametrize("properties", [b"", b"<dc:title>", b"\xff\xfe\0", b" " * 300_000_000], ids=len)
def test_an_office_document_with_odd_properties_is_kept_all_the_same(make, decoder, properties):
    found = decoder.examine(docx(make, properties))
    assert (found.attachment, found.title) == (True, "")
