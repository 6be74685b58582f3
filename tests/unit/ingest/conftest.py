"""Files for the tests of the way in, good and hostile, all made here: none is kept in the repository."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from archive.config import Settings
from ingest.decoder import SubprocessDecoder

Objects = Sequence[bytes]


class FileMaker:
    """Writes files into a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    # --- pictures

    def picture(self, size: tuple[int, int] = (620, 877), mode: str = "L") -> Image.Image:
        """A page with black bars, as lines of text would be, and a red spot where there is colour."""
        page = Image.new("RGB", size, "white")
        draw = ImageDraw.Draw(page)
        for y in range(size[1] // 10, size[1] * 9 // 10, max(4, size[1] // 25)):
            draw.rectangle((size[0] // 10, y, size[0] * 8 // 10, y + max(1, size[1] // 80)), fill="black")
        if mode == "RGB":
            draw.ellipse((size[0] // 2, size[1] // 2, size[0] * 3 // 4, size[1] * 3 // 4), fill="red")
        return page.convert(mode)

    def image(self, name: str, mode: str = "L", pages: int = 1, **options: object) -> Path:
        path = self.folder / name
        more = {"save_all": True, "append_images": [self.picture(mode=mode)] * (pages - 1)} if pages > 1 else {}
        self.picture(mode=mode).save(path, dpi=(150, 150), **more, **options)
        return path

    def png_that_says(self, width: int, height: int) -> Path:
        """A PNG of `width` x `height` pixels, all zero, in a few kilobytes."""

        packer = zlib.compressobj(9)
        rows = b"".join(packer.compress(bytes(width // 8 + 1)) for _ in range(height)) + packer.flush()
        head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
        parts = b"".join(self.png_chunk(*part) for part in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")))
        return self.write("large.png", b"\x89PNG\r\n\x1a\n" + parts)

    def png_chunk(self, kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    def tiff_that_says(self, width: int, height: int, pages: int = 1, *, bits: int = 1) -> Path:
        """A TIFF whose directories promise pictures of `width` x `height` and hold 16 bytes each."""
        out = bytearray(b"II*\0" + struct.pack("<I", 8))
        for number in range(pages):
            start = len(out)
            tags = [(256, width), (257, height), (258, bits), (259, 4), (262, 0), (273, 0), (277, 1), (278, height)]
            tags.append((279, 16))
            pixels = start + 2 + len(tags) * 12 + 4
            out += struct.pack("<H", len(tags))
            for code, value in tags:
                out += struct.pack("<HHII", code, 4, 1, pixels if code == 273 else value)
            out += struct.pack("<I", pixels + 16 if number < pages - 1 else 0) + bytes(16)
        return self.write("large.tif", bytes(out))

    # --- PDF

    def pdf(self, *objects: bytes, name: str = "made.pdf") -> Path:
        """A PDF of these objects, numbered from 1; the first is the catalogue."""
        out, places = bytearray(b"%PDF-1.7\n"), []
        for number, body in enumerate(objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        at = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at)
        return self.write(name, bytes(out))

    def page_of(self, content: bytes, *, box: bytes = b"0 0 595 842", more: bytes = b"", packed: bool = False) -> Path:
        """A PDF of one page with the text font F1 (Helvetica) and this content."""
        body = self.flate(content) if packed else self.stream(content)
        return self.pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R%s"
            b"/Resources<</Font<</F1 5 0 R>>/XObject<</X0 6 0 R>>>>>>" % (box, more),
            body,
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            self.stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"),
        )

    def stream(self, data: bytes, more: bytes = b"") -> bytes:
        return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), more, data)

    def flate(self, data: bytes, times: int = 1) -> bytes:
        for _ in range(times):
            data = zlib.compress(data, 9)
        return self.stream(data, b"/Filter[%s]" % (b"/FlateDecode" * times))

    def scan(self, name: str = "scan.pdf", mode: str = "L", pages: int = 1) -> Path:
        """A PDF with one image a page, as scanners write it."""
        path = self.folder / name
        rest = [self.picture(mode=mode)] * (pages - 1)
        self.picture(mode=mode).save(path, "PDF", resolution=75, save_all=True, append_images=rest)
        return path

    def locked(self, *, user: str = "", owner: str = "owner") -> Path:
        path = self.folder / "locked.pdf"
        with pikepdf.open(self.scan()) as pdf:
            pdf.save(path, encryption=pikepdf.Encryption(user=user, owner=owner))
        return path

    def cut(self, path: Path, share: float) -> Path:
        """The file's first part."""
        data = path.read_bytes()
        return self.write(f"cut-{share}-{path.name}", data[: int(len(data) * share)])


@pytest.fixture
def make(tmp_path: Path) -> FileMaker:
    return FileMaker(tmp_path)


@pytest.fixture(scope="session")
def decoder_with(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., SubprocessDecoder]]:
    """Decoders with these settings, each kept for the session: starting one costs half a second."""
    made: dict[str, SubprocessDecoder] = {}
    data = tmp_path_factory.mktemp("data")

    def decoder(**settings: object) -> SubprocessDecoder:
        key = repr(sorted(settings.items()))
        if key not in made:
            made[key] = SubprocessDecoder(Settings(data=data, **settings))
        return made[key]

    yield decoder
    for one in made.values():
        one.close()


@pytest.fixture
def decoder(decoder_with: Callable[..., SubprocessDecoder]) -> SubprocessDecoder:
    return decoder_with()


@pytest.fixture
def jpeg() -> bytes:
    file = BytesIO()
    Image.new("L", (300, 400), 200).save(file, "JPEG")
    return file.getvalue()
