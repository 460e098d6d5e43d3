"""Draws the demo's product pictures: one pictogram per kind of good, in the good's colour.

The demo needs pictures that belong to nobody and must be made on a machine with nothing but
Python, so this is a small scanline rasteriser over polygons and a PNG writer over zlib. A pictogram
is a list of layers on a 100 × 100 sheet, painted in order; a layer is a colour role and polygons.
"""

import struct
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise
from math import cos, hypot, pi, sin

Point = tuple[float, float]
Polygon = list[Point]
Edge = tuple[float, float, float, float]  # from above to below
Colour = tuple[int, int, int]
Layer = tuple[str, list[Polygon]]

SIZE = 240  # pixels a side
SUBROWS = 3  # scanlines a pixel row is sampled with; along the row coverage is exact

# The names goods.csv uses; "y" is the kind's own colour.
COLOURS: dict[str, Colour] = {
    "зелёный": (67, 160, 71),
    "синий": (42, 111, 187),
    "голубой": (126, 190, 222),
    "оранжевый": (239, 125, 34),
    "жёлтый": (242, 190, 36),
    "белый": (233, 237, 240),
    "бежевый": (226, 208, 178),
    "серый": (138, 148, 156),
    "дерево": (205, 160, 104),
    "коричневый": (128, 84, 56),
    "терракот": (196, 101, 66),
}
FIXED: dict[str, Colour] = {
    "ink": (58, 66, 74),
    "wood": (200, 155, 99),
    "grain": (168, 122, 72),
    "steel": (170, 180, 187),
    "shine": (214, 221, 226),
    "water": (86, 170, 224),
    "earth": (110, 78, 54),
    "leaf": (94, 168, 82),
    "white": (255, 255, 255),
    "sheet": (244, 246, 243),
    "disc": (229, 236, 230),
}


def draw(kind: str, colour: str) -> bytes:
    """The PNG of a kind of good in a colour named by `COLOURS`."""
    return _png(kind, PICTOGRAMS[kind][0] if colour == "y" else colour)


@cache
def _png(kind: str, colour: str) -> bytes:
    main = COLOURS[colour]
    palette = FIXED | {
        "main": main,
        "dark": _mix(main, (0, 0, 0), 0.28),
        "light": _mix(main, (255, 255, 255), 0.42),
    }
    sheet = bytearray(bytes(palette["sheet"]) * (SIZE * SIZE))
    for role, polygons in [("disc", [ellipse(50, 50, 46, 46)]), *PICTOGRAMS[kind][1]]:
        for polygon in polygons:
            _fill(sheet, polygon, palette[role])
    return _encode(sheet)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


# --- shapes: each gives polygons on the 100 × 100 sheet


def ellipse(x: float, y: float, rx: float, ry: float) -> Polygon:
    return [(x + rx * cos(t * pi / 18), y + ry * sin(t * pi / 18)) for t in range(36)]


def arc(
    x: float, y: float, radius: float, width: float, start: float = 0, stop: float = 360
) -> Polygon:
    """A band of a circle, from `start` to `stop` degrees clockwise from three o'clock."""
    steps = max(8, int(abs(stop - start) / 6))
    angles = [(start + (stop - start) * step / steps) * pi / 180 for step in range(steps + 1)]
    outer = [(x + (radius + width / 2) * cos(a), y + (radius + width / 2) * sin(a)) for a in angles]
    inner = [(x + (radius - width / 2) * cos(a), y + (radius - width / 2) * sin(a)) for a in angles]
    return outer + inner[::-1]


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> Polygon:
    """A rectangle with rounded corners."""
    if not radius:
        return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    corners = (
        (x + width - radius, y + radius, -90),
        (x + width - radius, y + height - radius, 0),
        (x + radius, y + height - radius, 90),
        (x + radius, y + radius, 180),
    )
    return [
        (
            cx + radius * cos((start + t * 15) * pi / 180),
            cy + radius * sin((start + t * 15) * pi / 180),
        )
        for cx, cy, start in corners
        for t in range(7)
    ]


def line(points: Sequence[Point], width: float) -> list[Polygon]:
    """A stroke with round joints and ends."""
    half = width / 2
    polygons = [ellipse(x, y, half, half) for x, y in points]
    for (x0, y0), (x1, y1) in pairwise(points):
        length = hypot(x1 - x0, y1 - y0)
        dx, dy = -(y1 - y0) / length * half, (x1 - x0) / length * half
        polygons.append(
            [(x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy)]
        )
    return polygons


def _each(shape: Callable[[float], Polygon], places: Iterable[float]) -> list[Polygon]:
    return [shape(place) for place in places]


# --- the pictograms: kind -> (colour of its own, layers)

PICTOGRAMS: dict[str, tuple[str, list[Layer]]] = {
    "hose": (
        "зелёный",
        [
            ("dark", [arc(48, 52, 27, 9)]),
            ("main", [arc(48, 52, 18, 9), arc(48, 52, 27, 5)]),
            ("light", [arc(48, 52, 18, 3)]),
            ("main", line([(75, 52), (76, 66), (84, 76)], 8)),
            ("ink", [*line([(83, 75), (90, 83)], 11)]),
            ("steel", line([(88, 81), (92, 85)], 6)),
        ],
    ),
    "reel": (
        "бежевый",
        [
            ("ink", line([(30, 84), (50, 52), (70, 84)], 5)),
            ("dark", [ellipse(50, 48, 31, 31)]),
            ("main", [ellipse(50, 48, 25, 25)]),
            ("dark", [arc(50, 48, 19, 1.6), arc(50, 48, 13, 1.6)]),
            ("light", [arc(50, 48, 22, 2, 200, 290), arc(50, 48, 16, 2, 200, 290)]),
            ("ink", [ellipse(50, 48, 6, 6)]),
        ],
    ),
    "fitting": (
        "оранжевый",
        [
            ("ink", [box(14, 42, 20, 18, 3)]),
            ("main", [box(30, 34, 32, 34, 5)]),
            ("dark", _each(lambda x: box(x, 36, 3, 30), (36, 43, 50))),
            ("light", [box(32, 37, 28, 4, 2)]),
            ("ink", [box(60, 40, 14, 22, 2)]),
            ("steel", [box(72, 44, 14, 14, 2)]),
        ],
    ),
    "clamp": (
        "серый",
        [
            ("main", [arc(50, 55, 27, 9)]),
            ("light", [arc(50, 55, 29, 2, 180, 330)]),
            ("dark", _each(lambda a: arc(50, 55, 27, 9, a, a + 4), range(20, 170, 14))),
            ("ink", [box(36, 18, 28, 16, 3)]),
            ("steel", [box(62, 21, 16, 10, 2)]),
            ("ink", [box(76, 22, 3, 8)]),
        ],
    ),
    "sprayer": (
        "зелёный",
        [
            (
                "main",
                [[(24, 30), (66, 26), (66, 44), (46, 46), (40, 84), (25, 84), (29, 48), (22, 46)]],
            ),
            ("dark", [[(29, 48), (46, 46), (44, 58), (28, 58)]]),
            ("ink", [box(64, 28, 12, 14, 2)]),
            ("ink", line([(50, 48), (53, 62), (47, 70)], 4)),
            ("water", _each(lambda y: ellipse(88, y, 3.4, 2.2), (24, 35, 46))),
            ("water", _each(lambda y: ellipse(81, y, 2.4, 1.6), (30, 40))),
        ],
    ),
    "sprinkler": (
        "зелёный",
        [
            ("ink", [*line([(50, 60), (28, 86)], 4), *line([(50, 60), (72, 86)], 4)]),
            ("ink", line([(50, 60), (50, 84)], 4)),
            ("main", [box(42, 44, 16, 20, 3)]),
            ("dark", [box(36, 38, 28, 9, 4)]),
            ("water", [arc(50, 46, 22, 2.6, 200, 340), arc(50, 46, 32, 2.6, 205, 335)]),
            ("water", _each(lambda x: ellipse(x, 22 + abs(x - 50) / 3, 2.4, 3.2), (20, 80))),
        ],
    ),
    "drip": (
        "зелёный",
        [
            ("earth", [box(12, 72, 76, 10, 4)]),
            ("ink", line([(12, 34), (88, 34)], 6)),
            ("main", _each(lambda x: box(x - 4, 31, 8, 12, 2), (28, 50, 72))),
            ("water", _each(lambda x: ellipse(x, 52, 3, 4.5), (28, 50, 72))),
            ("leaf", _each(lambda x: ellipse(x - 5, 66, 6, 3), (28, 50, 72))),
            ("leaf", _each(lambda x: ellipse(x + 5, 66, 6, 3), (28, 50, 72))),
        ],
    ),
    "can": (
        "зелёный",
        [
            ("dark", [arc(46, 40, 20, 5, 180, 360)]),
            ("main", line([(62, 66), (84, 36)], 7)),
            ("dark", [[(76, 34), (84, 24), (95, 33), (89, 43)]]),
            ("main", [[(26, 42), (66, 42), (71, 82), (21, 82)]]),
            ("light", [[(29, 46), (36, 46), (33, 78), (26, 78)]]),
            ("dark", [ellipse(46, 42, 20, 4)]),
            ("dark", [arc(22, 60, 12, 5, 90, 270)]),
        ],
    ),
    "barrel": (
        "синий",
        [
            ("main", [[(28, 22), (72, 22), (78, 50), (72, 84), (28, 84), (22, 50)]]),
            ("dark", [box(24, 36, 52, 4, 2), box(24, 64, 52, 4, 2)]),
            ("light", [[(33, 26), (39, 26), (35, 50), (39, 80), (33, 80), (29, 50)]]),
            ("dark", [ellipse(50, 22, 22, 5)]),
            ("ink", [ellipse(58, 21.5, 5, 1.8)]),
        ],
    ),
    "shovel": (
        "серый",
        [
            ("wood", line([(74, 16), (46, 56)], 6)),
            ("ink", line([(67, 12), (81, 21)], 6)),
            ("main", [[(35, 42), (62, 61), (52, 78), (24, 88), (25, 62)]]),
            ("light", [[(37, 48), (43, 52), (30, 78), (28, 66)]]),
            ("dark", line([(49, 52), (38, 68)], 3)),
        ],
    ),
    "fork": (
        "серый",
        [
            ("wood", line([(50, 10), (50, 50)], 6)),
            ("main", [*line([(30, 54), (70, 54)], 5)]),
            ("main", [p for x in (30, 43, 57, 70) for p in line([(x, 54), (x, 88)], 4)]),
            ("dark", [box(45, 44, 10, 13, 2)]),
        ],
    ),
    "rake": (
        "серый",
        [
            ("wood", line([(70, 12), (45, 62)], 5)),
            ("main", line([(22, 58), (68, 78)], 6)),
            (
                "main",
                [
                    p
                    for x in range(6)
                    for p in line([(23 + x * 9, 59 + x * 3.9), (19 + x * 9, 70 + x * 3.9)], 3.4)
                ],
            ),
            ("dark", line([(47, 58), (44, 65)], 7)),
        ],
    ),
    "handle": (
        "дерево",
        [
            ("main", line([(22, 82), (80, 20)], 8)),
            ("light", line([(24, 77), (77, 20)], 2)),
            ("main", line([(34, 88), (88, 30)], 8)),
            ("dark", line([(37, 87), (88, 33)], 2)),
        ],
    ),
    "pruner": (
        "оранжевый",
        [
            ("steel", [[(50, 50), (66, 12), (74, 18), (70, 34), (56, 54)]]),
            ("shine", [[(54, 48), (67, 17), (70, 20), (57, 50)]]),
            ("ink", [arc(42, 32, 16, 6, 290, 60)]),
            ("main", line([(52, 54), (44, 68), (42, 88)], 9)),
            ("dark", line([(54, 54), (64, 66), (70, 86)], 9)),
            ("ink", [ellipse(53, 51, 5, 5)]),
        ],
    ),
    "saw": (
        "оранжевый",
        [
            ("steel", [[(36, 52), (88, 20), (92, 27), (44, 66)]]),
            (
                "ink",
                _each(
                    lambda t: [
                        (44 + t * 8, 66 - t * 6.4),
                        (52 + t * 8, 59.6 - t * 6.4),
                        (49.5 + t * 8, 66 - t * 6.4),
                    ],
                    range(6),
                ),
            ),
            ("main", line([(40, 60), (24, 72), (16, 86)], 13)),
            ("dark", line([(36, 60), (24, 69)], 3)),
            ("ink", [ellipse(40, 59, 4, 4)]),
        ],
    ),
    "barrow": (
        "зелёный",
        [
            ("ink", line([(12, 40), (30, 48), (66, 70)], 4)),
            ("ink", line([(40, 62), (34, 84)], 4)),
            ("main", [[(26, 34), (86, 30), (70, 62), (40, 62)]]),
            ("light", [[(29, 37), (82, 33.5), (80, 38), (32, 41)]]),
            ("ink", [ellipse(74, 74, 13, 13)]),
            ("steel", [ellipse(74, 74, 5.5, 5.5)]),
        ],
    ),
    "wheel": (
        "серый",
        [
            ("ink", [ellipse(50, 50, 37, 37)]),
            ("main", [ellipse(50, 50, 23, 23)]),
            ("light", [ellipse(50, 50, 18, 18)]),
            ("main", [*line([(35, 50), (65, 50)], 5), *line([(50, 35), (50, 65)], 5)]),
            ("ink", [ellipse(50, 50, 6, 6)]),
        ],
    ),
    "pot": (
        "терракот",
        [
            ("leaf", [ellipse(38, 30, 8, 16), ellipse(62, 30, 8, 16), ellipse(50, 24, 8, 18)]),
            ("main", [[(30, 52), (70, 52), (64, 86), (36, 86)]]),
            ("dark", [box(26, 43, 48, 11, 2)]),
            ("light", [[(35, 56), (41, 56), (43, 83), (39, 83)]]),
        ],
    ),
    "board": (
        "дерево",
        [
            ("dark", [[(12, 68), (70, 52), (88, 58), (30, 76)]]),
            (
                "main",
                [
                    [(12, 62), (70, 46), (88, 52), (30, 68)],
                    [(12, 62), (30, 68), (30, 76), (12, 70)],
                ],
            ),
            ("grain", [[(30, 68), (88, 52), (88, 60), (30, 76)]]),
            (
                "main",
                [
                    [(12, 48), (70, 32), (88, 38), (30, 54)],
                    [(12, 48), (30, 54), (30, 62), (12, 56)],
                ],
            ),
            ("grain", [[(30, 54), (88, 38), (88, 46), (30, 62)]]),
            ("light", [[(12, 34), (70, 18), (88, 24), (30, 40)]]),
            ("main", [[(12, 34), (30, 40), (30, 48), (12, 42)]]),
            ("grain", [[(30, 40), (88, 24), (88, 32), (30, 48)]]),
            ("grain", [*line([(22, 34), (68, 21)], 1.2), *line([(30, 36), (76, 23)], 1.2)]),
            ("ink", line([(45, 29), (60, 34), (60, 67)], 2.4)),
        ],
    ),
    "beam": (
        "дерево",
        [
            ("light", [[(14, 52), (66, 22), (86, 30), (34, 62)]]),
            ("grain", [[(34, 62), (86, 30), (86, 50), (34, 84)]]),
            ("main", [[(14, 52), (34, 62), (34, 84), (14, 72)]]),
            ("grain", [arc(24, 68, 5, 1.4), arc(24, 68, 2, 1.4)]),
            ("main", [*line([(42, 66), (80, 42)], 1.2), *line([(42, 73), (80, 48)], 1.2)]),
        ],
    ),
    "bath": (
        "белый",
        [
            ("steel", [*line([(30, 76), (27, 86)], 5), *line([(70, 76), (73, 86)], 5)]),
            ("dark", [[(14, 46), (86, 46), (80, 70), (70, 79), (30, 79), (20, 70)]]),
            ("main", [[(14, 46), (86, 46), (79, 67), (69, 75), (31, 75), (21, 67)]]),
            ("ink", line([(24, 44), (24, 22), (32, 17), (38, 22)], 4)),
            ("water", _each(lambda y: ellipse(38, y, 1.8, 3), (30, 38))),
            ("ink", [box(10, 42, 80, 5, 2.5)]),
            ("white", [ellipse(62, 39, 6, 6), ellipse(70, 37, 8, 8), ellipse(78, 40, 5, 5)]),
        ],
    ),
    "panel": (
        "белый",
        [
            ("dark", [box(12, 32, 76, 40, 3)]),
            ("main", [box(15, 35, 70, 34, 2)]),
            ("light", [box(20, 40, 60, 6, 2)]),
            ("ink", [box(20, 72, 6, 9), box(74, 72, 6, 9)]),
        ],
    ),
    "tap": (
        "серый",
        [
            ("main", [box(26, 74, 30, 8, 3), box(33, 38, 16, 38, 3)]),
            ("main", line([(41, 44), (66, 40), (78, 46), (79, 56)], 10)),
            ("light", line([(44, 42), (66, 38)], 2.4)),
            ("ink", line([(41, 34), (60, 20)], 6)),
            ("dark", [ellipse(41, 36, 9, 6)]),
            ("water", [ellipse(79, 70, 3.4, 5), ellipse(79, 83, 2.6, 4)]),
        ],
    ),
    "siphon": (
        "серый",
        [
            ("dark", [box(38, 14, 24, 7, 3)]),
            ("main", [box(44, 20, 12, 26)]),
            ("main", line([(56, 40), (84, 40)], 8)),
            ("light", [box(46, 22, 3, 22)]),
            ("main", [box(34, 44, 32, 34, 8)]),
            ("dark", [box(34, 54, 32, 4)]),
            ("light", [box(38, 60, 4, 14, 2)]),
            ("ink", [box(80, 34, 6, 12, 1)]),
        ],
    ),
    "bucket": (
        "серый",
        [
            ("ink", [arc(50, 38, 27, 3, 185, 355)]),
            ("main", [[(22, 38), (78, 38), (69, 86), (31, 86)]]),
            ("light", [[(28, 44), (35, 44), (39, 80), (34, 80)]]),
            ("dark", [ellipse(50, 38, 28, 6)]),
            ("ink", [ellipse(50, 38.6, 23, 3.8)]),
        ],
    ),
    "broom": (
        "зелёный",
        [
            ("wood", line([(72, 12), (50, 50)], 5)),
            ("ink", line([(42, 45), (60, 56)], 9)),
            ("main", [[(37, 47), (62, 62), (56, 88), (18, 66)]]),
            (
                "dark",
                [
                    p
                    for t in range(4)
                    for p in line([(42 + t * 5, 54 + t * 3), (27 + t * 8, 68 + t * 4.5)], 1.4)
                ],
            ),
        ],
    ),
    "bag": (
        "коричневый",
        [
            ("main", [[(28, 26), (72, 26), (78, 50), (76, 86), (24, 86), (22, 50)]]),
            ("dark", [box(30, 18, 40, 10, 3)]),
            ("light", [box(32, 44, 36, 26, 4)]),
            ("leaf", [ellipse(45, 57, 8, 4.5), ellipse(56, 53, 8, 4.5)]),
            ("dark", line([(50, 66), (51, 56)], 2)),
        ],
    ),
    "gloves": (
        "серый",
        [
            ("main", [box(30, 34, 34, 36, 8)]),
            (
                "main",
                [
                    p
                    for x in (34, 43, 52, 60)
                    for p in line([(x, 20 + abs(x - 47) / 3), (x, 40)], 8)
                ],
            ),
            ("main", line([(64, 58), (78, 44)], 9)),
            ("dark", [box(32, 70, 30, 16, 3)]),
            ("light", _each(lambda y: box(34, y, 26, 2), (74, 79))),
            ("ink", _each(lambda x: ellipse(x, 56, 1.6, 1.6), (37, 44, 51, 58))),
        ],
    ),
    "film": (
        "голубой",
        [
            ("light", [[(30, 58), (92, 58), (88, 84), (26, 84)]]),
            ("main", [box(22, 28, 62, 32, 4)]),
            ("light", [box(26, 32, 54, 5, 2)]),
            ("dark", [ellipse(22, 44, 7, 16)]),
            ("white", [ellipse(22, 44, 4, 10)]),
            ("ink", [ellipse(22, 44, 2, 5)]),
        ],
    ),
    "screws": (
        "серый",
        [
            ("dark", [box(30, 14, 30, 9, 4)]),
            ("main", [[(32, 22), (58, 22), (50, 32), (50, 76), (45, 90), (40, 76), (40, 32)]]),
            ("ink", [p for t in range(6) for p in line([(37, 40 + t * 7), (53, 36 + t * 7)], 2.2)]),
            ("dark", [box(66, 30, 20, 6, 3)]),
            ("main", [[(68, 36), (84, 36), (79, 42), (79, 70), (76, 80), (73, 70), (73, 42)]]),
            ("ink", [p for t in range(5) for p in line([(71, 48 + t * 5), (81, 45 + t * 5)], 1.6)]),
        ],
    ),
}


# --- pixels


def _fill(sheet: bytearray, polygon: Polygon, colour: Colour) -> None:
    """Paints one polygon (even-odd) with smooth edges."""
    scale = SIZE / 100
    points = [(x * scale, y * scale) for x, y in polygon]
    edges = [(*a, *b) if a[1] < b[1] else (*b, *a) for a, b in pairwise([*points, points[0]])]
    top = int(min(y for _, y in points))
    for row in range(top, int(max(y for _, y in points)) + 1):
        near = [edge for edge in edges if edge[1] < row + 1 and edge[3] > row]
        changes: dict[int, float] = defaultdict(float)
        for subrow in range(SUBROWS):
            _cover(changes, _crossings(near, row + (subrow + 0.5) / SUBROWS))
        _paint(sheet, row * SIZE, changes, colour)


def _crossings(edges: list[Edge], y: float) -> list[float]:
    return sorted(x0 + (y - y0) * (x1 - x0) / (y1 - y0) for x0, y0, x1, y1 in edges if y0 <= y < y1)


def _cover(changes: dict[int, float], crossings: list[float]) -> None:
    """Adds spans to a sparse difference array: its running sum is each pixel's coverage."""
    share = 1 / SUBROWS
    for x in crossings:
        pixel = int(x)
        part = (x - pixel) * share
        changes[pixel] += share - part
        changes[pixel + 1] += part
        share = -share


def _paint(sheet: bytearray, start: int, changes: dict[int, float], colour: Colour) -> None:
    """Blends the colour over one row, run by run of equal coverage."""
    coverage = 0.0
    for pixel, following in pairwise(sorted(changes)):
        coverage += changes[pixel]
        first, last = (start + pixel) * 3, (start + following) * 3
        if coverage > 0.99:
            sheet[first:last] = bytes(colour) * (following - pixel)
        elif coverage > 0.01:
            for at in range(first, last):
                sheet[at] += round((colour[(at - first) % 3] - sheet[at]) * coverage)


def _encode(sheet: bytearray) -> bytes:
    rows = b"".join(b"\0" + sheet[at : at + SIZE * 3] for at in range(0, SIZE * SIZE * 3, SIZE * 3))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    )
