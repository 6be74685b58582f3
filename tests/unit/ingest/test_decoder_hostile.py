"""Broken and hostile files: each kind has its sentence, and none stops the next file from being opened."""

from __future__ import annotations

import os
import zlib

import pytest

from archive.errors import NotFound, Unreadable
from archive.sentences import SENTENCES

MB = 1024**2
SMALL = {"page_seconds": 2.0, "file_seconds": 6.0, "child_memory_bytes": 400 * MB}
BOMB = {"max_unpacked_bytes": 100 * MB}


@pytest.fixture
def strict(decoder_with):
    """A decoder with little time and memory."""
    return decoder_with(**SMALL)


def refusal(work, *arguments) -> Unreadable:
    with pytest.raises(Unreadable) as raised:
        work(*arguments)
    assert raised.value.key in SENTENCES
    for language in ("zh", "en"):
        assert "{" not in raised.value.told_in(language)
    return raised.value


def verdict(decoder, path) -> str:
    """Why the file or its first page cannot be read, else its first warning, else "read"."""
    try:
        warnings = decoder.examine(path).warnings + decoder.page(path, 1).warnings
    except Unreadable as reason:
        return reason.key
    return warnings[0] if warnings else "read"


def test_a_locked_file_is_called_locked(make, decoder):
    assert refusal(decoder.examine, make.locked(user="secret")).key == "file_locked"


def test_a_file_that_is_locked_against_changes_only_is_read(make, decoder):
    path = make.locked()
    assert decoder.examine(path).pages == 1
    assert decoder.page(path, 1).pixels.width == 620


def test_an_empty_file_is_called_empty(make, decoder):
    assert refusal(decoder.examine, make.write("nothing.pdf", b"")).key == "file_empty"


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.99])
def test_a_cut_pdf_is_called_cut_even_where_its_first_pages_open(make, decoder, share):
    assert verdict(decoder, make.cut(make.scan(pages=4), share)) == "file_truncated"


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.png", {}), ("a.webp", {"lossless": True}), ("a.j2k", {}), ("a.tif", {"compression": "group4"})],
)
def test_a_cut_picture_without_its_end_is_not_read(make, decoder, name, options):
    path = make.cut(make.image(name, "1" if name == "a.tif" else "L", **options), 0.4)
    assert verdict(decoder, path) in ("file_truncated", "page_damaged", "file_damaged")


def test_a_cut_jpeg_is_shown_as_far_as_it_goes_and_marked(make, decoder):
    path = make.cut(make.image("a.jpg", quality=95), 0.6)
    assert decoder.examine(path).pages == 1
    page = decoder.page(path, 1)
    assert page.warnings == ("page_cut",)
    assert page.pixels.height == 877


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.995])
def test_a_cut_tiff_is_called_cut_even_where_its_first_pages_open(make, decoder, share):
    path = make.cut(make.image("many.tif", pages=5, compression="tiff_lzw"), share)
    assert verdict(decoder, path) == "file_truncated"


def test_a_name_that_promises_something_else_gives_a_warning(make, decoder):
    path = make.image("real.png")
    assert "file_mislabelled" in decoder.examine(path, "scan.pdf").warnings
    assert decoder.examine(path, "scan.png").warnings == ()
    assert decoder.examine(path).media_type == "image/png"


def test_a_picture_larger_than_allowed_is_refused_before_it_is_unpacked(make, decoder):
    reason = refusal(decoder.examine, make.png_that_says(30_000, 30_000))
    assert reason.key == "page_too_large"
    assert reason.data["megapixels"] == 900


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_png_whose_texts_unpack_to_gigabytes_is_called_a_bomb(make, decoder_with, kind):
    image = make.image("a.png").read_bytes()
    names = {b"zTXt": b"Comment\0\0", b"iTXt": b"Comment\0\1\0\0\0", b"iCCP": b"Profile\0\0"}
    text = make.png_chunk(kind, names[kind] + zlib.compress(bytes(300 * MB)))
    path = make.write("bomb.png", image[:33] + text + image[33:])
    assert refusal(decoder_with(**BOMB).examine, path).key == "file_unpacks_too_large"


def test_a_tiff_page_larger_than_allowed_is_refused(make, decoder):
    assert refusal(decoder.page, make.tiff_that_says(100_000, 100_000), 1).key == "page_too_large"


def test_a_tiff_that_unpacks_to_gigabytes_is_called_a_bomb(make, decoder):
    path = make.tiff_that_says(20_000, 20_000, pages=200)
    assert refusal(decoder.examine, path).key == "file_unpacks_too_large"


def test_a_pdf_stream_that_unpacks_to_gigabytes_is_called_a_bomb(make, decoder_with):
    decoder = decoder_with(**BOMB)
    spaces = b" " * (300 * MB)
    path = make.page_of(spaces, packed=True)
    assert path.stat().st_size < 2 * MB
    assert refusal(decoder.examine, path).key == "file_unpacks_too_large"


def test_nested_packing_is_followed(make, decoder_with):
    decoder = decoder_with(**BOMB)
    body = make.flate(b" " * (300 * MB), times=2)
    path = make.pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        body,
    )
    assert path.stat().st_size < 20_000
    assert refusal(decoder.examine, path).key == "file_unpacks_too_large"


def test_a_page_that_takes_all_memory_is_too_heavy_and_the_next_is_read(make, strict):
    path = make.page_of(b" " * (400 * MB), packed=True)
    assert refusal(strict.page, path, 1).key == "page_too_heavy"
    assert strict.page(make.scan(), 1).pixels.width == 620


def forms_calling_forms(make):
    """Ten levels of forms, each calling the next ten times: 10^9 rectangles in 3 kB."""
    levels = []
    for level in range(10):
        call = b"/X Do " * 10 if level < 9 else b"0 0 9 9 re f"
        more = b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</X %d 0 R>>>>" % (level + 5)
        levels.append(make.stream(call, more if level < 9 else b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]"))
    return make.pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 14 0 R/Resources<</XObject<</X 4 0 R>>>>>>",
        *levels,
        make.stream(b"/X Do"),
    )


def test_forms_that_call_forms_end_within_the_limits(make, strict):
    assert refusal(strict.page, forms_calling_forms(make), 1).key == "page_too_heavy"
    assert strict.page(make.scan(), 1).pixels.width == 620


def test_a_page_too_slow_to_draw_keeps_its_text(make, strict):
    strokes = b"[0.001 0.001] 0 d " + b"0 0 m 595 842 l S 595 0 m 0 842 l S " * 40_000
    prose = (
        b" BT /F1 14 Tf 72 700 Td 20 TL (The contractor hands over the works on the day agreed.) Tj T* "
        b"(All measurements were taken by both parties together.) Tj ET"
    )
    page = strict.page(make.page_of(strokes + prose), 1)
    assert page.warnings == ("page_not_drawn",)
    assert "All measurements" in page.layer.text


def test_more_pages_than_allowed_are_counted_and_refused(make, decoder):
    kids = b" ".join([b"3 0 R"] * 100_000)
    path = make.pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count 100000>>" % kids,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )
    reason = refusal(decoder.examine, path)
    assert (reason.key, reason.data["pages"]) == ("file_has_too_many_pages", 100_000)


def test_a_page_count_that_is_a_lie_is_not_believed(make, decoder):
    path = make.pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 900000>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )
    assert decoder.examine(path).pages == 1


@pytest.mark.parametrize("box", [b"0 0 1000000 1000000", b"0 0 1e38 1e38", b"0 0 0.001 0.001", b"9 9 9 9"])
def test_a_page_of_any_size_becomes_a_picture_of_allowed_size(make, decoder, box):
    page = decoder.page(make.page_of(b"0 0 m 99 99 l S", box=box), 1)
    assert 0 < page.pixels.width * page.pixels.height <= 25_000_000


def test_a_page_tree_that_holds_itself_ends(make, decoder):
    path = make.pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )
    assert verdict(decoder, path) in ("read", "structure_unread", "file_damaged")


def test_a_pdf_without_pages_is_said_to_have_none(make, decoder):
    path = make.pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")
    assert refusal(decoder.examine, path).key == "file_without_pages"


def test_garbage_that_calls_itself_a_pdf_is_damaged(make, decoder):
    path = make.write("bad.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n")
    assert refusal(decoder.examine, path).key in ("file_damaged", "file_without_pages")


def test_a_blank_page_that_holds_a_broken_image_is_marked(make, decoder):
    image = b"/Subtype/Image/Width 600/Height 800/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/JPXDecode"
    path = make.pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        make.stream(b"595 0 0 842 0 0 cm /X Do"),
        make.stream(b"no picture at all", image),
    )
    assert decoder.page(path, 1).warnings == ("page_blank_though_filled",)


def test_a_link_or_a_pipe_is_not_opened(make, decoder, tmp_path):
    (tmp_path / "link.pdf").symlink_to(make.scan())
    os.mkfifo(tmp_path / "pipe.pdf")
    for name in ("link.pdf", "pipe.pdf"):
        assert refusal(decoder.examine, tmp_path / name).key == "file_not_regular"
    with pytest.raises(NotFound):
        decoder.examine(tmp_path / "gone.pdf")
