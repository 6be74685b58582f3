"""Which pictures of a page can be read, and so are a look at it."""

from __future__ import annotations

import pytest

from archive.domain.looks import is_readable

A4 = (2480, 3508)  # 300 dpi


@pytest.mark.parametrize(
    ("dpi", "region", "shown", "readable"),
    [
        (300, A4, (168, 238), False),  # a thumbnail of the result list
        (300, A4, (472, 668), False),  # the picture of the review card, at 57 dpi
        (300, A4, (596, 843), True),  # 72 dpi
        (300, (2480, 589), (800, 190), False),  # a strip around a hit
        (300, (2480, 1754), (2480, 1754), True),  # half the page as it is
        (300, (589, 2480), (190, 800), False),  # on a page that lies on its side
        (300, (2480, 1169), (2480, 1169), True),  # a third of the page as it is
        (300, (2480, 1169), (800, 377), True),
        (300, (2480, 1754), (800, 190), True),  # pressed flat
        (300, (512, 512), (512, 512), True),  # a tile
        (300, (2048, 2048), (256, 256), False),
        (0, A4, (472, 668), False),  # resolution unknown: taken for A4
        (0, A4, (600, 849), True),
    ],
)
def test_a_look_is_what_can_be_read(dpi: int, region: tuple[int, int], shown: tuple[int, int], readable: bool) -> None:
    assert is_readable(A4, dpi, region, shown) is readable


def test_a_large_drawing_on_the_whole_is_no_look_though_its_picture_is_large() -> None:
    assert not is_readable((9933, 7016), 300, (9933, 7016), (2000, 1413))
    assert is_readable((9933, 7016), 300, (9933, 7016), (2400, 1695))
