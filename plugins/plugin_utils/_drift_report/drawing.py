# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene as SVG. Bridges are vertical lines under their names, boxes hang on them, ports lead out to the right.

Nothing but numbers and escaped text gets into the markup; colours come from the page's style (see style.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .changes import MISSING
from .scene import AS_DECLARED, Box, Bus, Mark, Row, Scene

#: What stands before a marked text, so that colour is not all that tells: filled where something is there and differs,
#: hollow where it is missing. The legend of the page explains them.
SIGNS = {"drift": "▲ ", "intended": "◆ ", "": ""}
HOLLOW = {"drift": "△ ", "intended": "◇ ", "": ""}

PAD, GAP, LINE, HEAD = 24, 16, 20, 30
CHAR = 7.25  # the width of a letter of the drawing's monospace font at 12px
TITLE_CHAR = 10.5  # and of the title's at 16px, about
CHIPS_Y = 62
BUSES_Y, HIGH_BUSES_Y = 108, 54  # without chips the bridges begin higher
LEAST_SCALE = 0.72  # a wide drawing shrinks so far to fit the page, then it scrolls
BUS_HEAD = 58  # without the note of what differs
LANE, LANES = 9, 6  # the width of a link's way beside the boxes, and how many there are before links share them


def sign(mark: Mark) -> str:
    return (HOLLOW if mark.state == MISSING else SIGNS)[mark.kind]


def _class(mark: Mark) -> str:
    return f"{mark.kind} {mark.state}" if mark.kind else ""


@dataclass(frozen=True)
class Columns:
    """Where things begin, from left to right."""

    buses: tuple[tuple[str, float, float], ...]  # network, x, width
    boxes: float
    box_width: float
    edge: float  # the host ends here
    ports: float
    width: float


@dataclass(frozen=True)
class Drawn:
    """A host as elements of SVG in a corner of their own. ``buses``: network → where the middle of its top is."""

    markup: str
    width: float
    height: float
    buses: Mapping[str, tuple[float, float]]


def draw(title: str, scene: Scene) -> str:
    """The whole picture of one host."""
    drawn = draw_host(title, scene)
    size = f'width="{drawn.width:.0f}" height="{drawn.height:.0f}" viewBox="0 0 {drawn.width:.0f} {drawn.height:.0f}"'
    size += f' style="min-width: {drawn.width * LEAST_SCALE:.0f}px"'
    label = escape(f"The topology of {title}")
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" {size}>{drawn.markup}</svg>'


def draw_host(title: str, scene: Scene) -> Drawn:
    columns = _columns(title, scene)
    boxes, bottom = _boxes(scene, columns)
    gone, bottom = _gone(scene, columns, bottom)
    parts = [
        f'<rect class="host" x="1" y="1" width="{columns.edge:.0f}" height="{bottom:.0f}" rx="12"/>',
        _text(PAD, 34, title, "host-name"),
        *_chips(scene.chips, PAD, CHIPS_Y),
        *_buses(scene, columns),
        *boxes,
        *_links(scene, columns),
        *gone,
    ]
    tops = {network: (x + width / 2, _buses_y(scene)) for network, x, width in columns.buses}
    return Drawn("".join(parts), columns.width, bottom + 2, tops)


def _columns(title: str, scene: Scene) -> Columns:
    x, buses = float(PAD), []
    for bus in scene.buses:
        width = _width([sign(bus.mark) + bus.network, *_lines(bus)], 130)
        buses.append((bus.network, x, width))
        x += width + GAP
    boxes = x + GAP
    box_width = _width([text for box in scene.boxes for text in _texts(box)], 190)
    chips = PAD + sum(_chip_width(text, mark) + 8 for text, mark in scene.chips)
    aside = PAD + LANE * min(len(list(_linked(scene))), LANES)
    edge = max(boxes + box_width + aside, chips + PAD - 8, PAD * 2 + CHAR * 40, PAD * 2 + TITLE_CHAR * len(title))
    box_width = edge - aside - boxes
    ports = edge + 34
    port_width = _width([sign(port.mark) + port.text for box in scene.boxes for port in box.ports], 0)
    return Columns(tuple(buses), boxes, box_width, edge, ports, ports + port_width + 4)


def _texts(box: Box) -> Iterable[str]:
    yield "    " + box.title + "  " + box.note
    for row in box.rows:
        yield "    " + row.text


def _width(texts: Sequence[str], least: float) -> float:
    return max([least, *(len(text) * CHAR + 24 for text in texts)])


def _buses(scene: Scene, columns: Columns) -> list[str]:
    y, head = _buses_y(scene), _head(scene)
    return [part for bus in scene.buses for part in _bus(bus, columns, y, head, _reach(bus.network, scene))]


def _buses_y(scene: Scene) -> float:
    return (BUSES_Y if scene.chips else HIGH_BUSES_Y) + scene.room


def _lines(bus: Bus) -> list[str]:
    return [text for text in (bus.ifname, *bus.addresses, bus.mark.note) if text]


def _head(scene: Scene) -> float:
    """The height of every bridge's box, which is that of the tallest."""
    return BUS_HEAD + 14 * max([len(_lines(bus)) - 2 for bus in scene.buses], default=0)


def _reach(network: str, scene: Scene) -> float:
    """How far down the line of a bridge goes: to the last interface on it."""
    reach = 0.0
    for box, y in _places(scene):
        for index, row in enumerate(box.rows):
            reach = _row_y(y, index) if row.network == network else reach
    return reach


def _places(scene: Scene) -> Iterable[tuple[Box, float]]:
    y = _buses_y(scene) + (_head(scene) + GAP if scene.buses else 0)
    for box in scene.boxes:
        yield box, y
        y += _height(box) + GAP


def _height(box: Box) -> float:
    return HEAD + max(len(box.rows), len(box.ports) - 1, 0) * LINE + (8 if box.rows or box.ports else 0)


def _row_y(y: float, index: int) -> float:
    return y + HEAD + index * LINE + LINE / 2


def _bus(bus: Bus, columns: Columns, y: float, head: float, reach: float) -> list[str]:
    _name, x, width = next(column for column in columns.buses if column[0] == bus.network)
    middle = x + width / 2
    parts = [_line(middle, y + head, middle, reach, "bus " + _class(bus.mark))] if reach else []
    parts.append(_box_shape(x, y, width, head, "bridge", bus.mark))
    parts.append(_text(x + 12, y + 19, sign(bus.mark) + bus.network, "name " + _class(bus.mark)))
    for index, text in enumerate(_lines(bus)):
        name = "small" if text != bus.mark.note else "small " + _class(bus.mark)
        parts.append(_text(x + 12, y + 35 + 14 * index, text, name))
    return parts


def _boxes(scene: Scene, columns: Columns) -> tuple[list[str], float]:
    parts: list[str] = []
    bottom = _buses_y(scene) + (_head(scene) + GAP if scene.buses else 0)
    for box, y in _places(scene):
        parts += _box(box, y, columns)
        bottom = y + _height(box) + GAP
    if scene.left_out:
        parts.append(_text(columns.boxes, bottom + 12, f"and {scene.left_out} more, which are as declared", "note"))
        bottom += LINE + GAP
    return parts, bottom + 8


def _box(box: Box, y: float, columns: Columns) -> list[str]:
    x, width = columns.boxes, columns.box_width
    parts = [wire for index, row in enumerate(box.rows) for wire in _wire(row, _row_y(y, index), columns)]
    parts.append(_box_shape(x, y, width, _height(box), "container", box.mark))
    parts.append(_text(x + 12, y + 20, sign(box.mark) + box.title, "name " + _class(box.mark)))
    if box.note:
        parts.append(_text(x + width - 12, y + 20, box.note, "note end"))
    for index, row in enumerate(box.rows):
        parts.append(
            _text(x + 12, _row_y(y, index) + 4, sign(row.mark) + row.text, "row " + _class(row.mark), row.mark)
        )
    for index, port in enumerate(box.ports):
        parts += _port(port, y + 16 + index * LINE, columns)
    return parts


def _wire(row: Row, y: float, columns: Columns) -> list[str]:
    """From an interface to its bridge."""
    for network, x, width in columns.buses:
        if network == row.network:
            middle = x + width / 2
            dot = f'<circle class="dot {_class(row.mark)}" cx="{middle:.1f}" cy="{y:.1f}" r="4.5"/>'
            return [
                _line(middle, y, columns.boxes, y, "under"),
                _line(middle, y, columns.boxes, y, "wire " + _class(row.mark)),
                dot,
            ]
    return []


def _port(port: Row, y: float, columns: Columns) -> list[str]:
    """From the outside into a box."""
    x, into = columns.ports, columns.boxes + columns.box_width
    text = sign(port.mark) + port.text
    width = len(text) * CHAR + 20
    shape = (
        f'<rect class="port {_class(port.mark)}" x="{x:.1f}" y="{y - 9:.1f}" width="{width:.1f}" height="18" rx="9"/>'
    )
    return [
        _line(into + 6, y, x, y, "way " + _class(port.mark)),
        _arrow(into, y, "arrow " + _class(port.mark)),
        _group(shape + _text(x + 10, y + 4, text, "row " + _class(port.mark)), port.mark),
    ]


def _linked(scene: Scene) -> Iterable[tuple[float, float]]:
    """Of each link, how far down it begins and ends."""
    titles = {box.title: y + 8 for box, y in _places(scene)}
    for box, y in _places(scene):
        for index, row in enumerate(box.rows):
            if row.to in titles:
                yield _row_y(y, index), titles[row.to]


def _links(scene: Scene, columns: Columns) -> Iterable[str]:
    """Beside the boxes, from a container's line to the head of the one that it may reach."""
    x = columns.boxes + columns.box_width
    for number, (start, end) in enumerate(_linked(scene)):
        lane = x + 12 + LANE * (number % LANES)
        yield f'<path class="link" d="M {x:.1f} {start:.1f} H {lane:.1f} V {end:.1f} H {x + 6:.1f}"/>'
        yield _arrow(x, end)


def _arrow(x: float, y: float, name: str = "arrow") -> str:
    """Whose tip is here, from the right."""
    return f'<polygon class="{name}" points="{x:.1f},{y:.1f} {x + 8:.1f},{y - 4:.1f} {x + 8:.1f},{y + 4:.1f}"/>'


def _gone(scene: Scene, columns: Columns, bottom: float) -> tuple[list[str], float]:
    """What is there and is not declared, or has no place in the picture."""
    parts, y = [], bottom
    for subject, mark in scene.gone:
        width = min(columns.edge - 2 * PAD, len(subject) * CHAR + 44)
        parts.append(_box_shape(PAD, y, width, 24, "gone", mark))
        parts.append(_text(PAD + 12, y + 16, sign(mark) + subject, "row " + _class(mark)))
        y += 32
    return parts, y + 4 if scene.gone else y


def _chips(chips: Iterable[tuple[str, Mark]], x: float, y: float) -> list[str]:
    parts = []
    for text, mark in chips:
        parts.append(_box_shape(x, y, _chip_width(text, mark), 24, "chip", mark))
        parts.append(_text(x + 12, y + 16, sign(mark) + text, "row " + _class(mark)))
        x += _chip_width(text, mark) + 8
    return parts


def _chip_width(text: str, mark: Mark) -> float:
    return len(sign(mark) + text) * CHAR + 24


def _box_shape(x: float, y: float, width: float, height: float, name: str, mark: Mark) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return _group(f'<rect class="{name} {_class(mark)}" {place} rx="7"/>', mark)


def _group(inside: str, mark: Mark) -> str:
    """With what is to be done, for who points at it."""
    return f"<g><title>{escape(chr(10).join(mark.lines))}</title>{inside}</g>" if mark.lines else inside


def _line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, name: str, mark: Mark = AS_DECLARED) -> str:
    return _group(f'<text class="{name}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>', mark)
