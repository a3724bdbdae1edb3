# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene as SVG. Bridges are vertical lines under their names, boxes hang on them, ports lead out to the right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Union

from .scene import Box, Bus, Mark, Row, Scene, Tunnel
from .shapes import CHAR, arrow, box_shape, css_class, line_at, pill, sign, text_at

PAD, GAP, LINE, HEAD = 24, 16, 20, 30
TITLE_CHAR = 10.5  # and of the title's at 16px, about
CHIPS_Y = 62
BUSES_Y, HIGH_BUSES_Y = 108, 54  # without chips the bridges begin higher
LEAST_SCALE = 0.72  # a wide drawing shrinks so far to fit the page, then it scrolls
BUS_HEAD = 58  # without the note of what differs
LANE, LANES = 9, 6  # the width of a link's way beside the boxes, and how many there are before links share them


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
        text_at(PAD, 34, title, "host-name"),
        *_chips(scene.chips, PAD, CHIPS_Y),
        *_tunnels(scene, columns),
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
    outside: list[Union[Row, Tunnel]] = [*(port for box in scene.boxes for port in box.ports), *scene.tunnels]
    port_width = _width([sign(each.mark) + each.text for each in outside], 0)
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
    return _tunnels_y(scene) + LINE * len(scene.tunnels) + scene.room


def _tunnels_y(scene: Scene) -> float:
    return BUSES_Y if scene.chips else HIGH_BUSES_Y


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
    parts = [line_at(middle, y + head, middle, reach, "bus " + css_class(bus.mark))] if reach else []
    parts.append(box_shape(x, y, width, head, "bridge", bus.mark))
    parts.append(text_at(x + 12, y + 19, sign(bus.mark) + bus.network, "name " + css_class(bus.mark)))
    for index, text in enumerate(_lines(bus)):
        name = "small" if text != bus.mark.note else "small " + css_class(bus.mark)
        parts.append(text_at(x + 12, y + 35 + 14 * index, text, name))
    return parts


def _boxes(scene: Scene, columns: Columns) -> tuple[list[str], float]:
    parts: list[str] = []
    bottom = _buses_y(scene) + (_head(scene) + GAP if scene.buses else 0)
    for box, y in _places(scene):
        parts += _box(box, y, columns)
        bottom = y + _height(box) + GAP
    if scene.left_out:
        parts.append(text_at(columns.boxes, bottom + 12, f"and {scene.left_out} more, which are as declared", "note"))
        bottom += LINE + GAP
    return parts, bottom + 8


def _box(box: Box, y: float, columns: Columns) -> list[str]:
    x, width = columns.boxes, columns.box_width
    parts = [wire for index, row in enumerate(box.rows) for wire in _wire(row, _row_y(y, index), columns)]
    parts.append(box_shape(x, y, width, _height(box), "container", box.mark))
    parts.append(text_at(x + 12, y + 20, sign(box.mark) + box.title, "name " + css_class(box.mark)))
    if box.note:
        parts.append(text_at(x + width - 12, y + 20, box.note, "note end"))
    for index, row in enumerate(box.rows):
        parts.append(
            text_at(x + 12, _row_y(y, index) + 4, sign(row.mark) + row.text, "row " + css_class(row.mark), row.mark)
        )
    for index, port in enumerate(box.ports):
        parts += _port(port, y + 16 + index * LINE, columns)
    return parts


def _wire(row: Row, y: float, columns: Columns) -> list[str]:
    """From an interface to its bridge."""
    for network, x, width in columns.buses:
        if network == row.network:
            middle = x + width / 2
            dot = f'<circle class="dot {css_class(row.mark)}" cx="{middle:.1f}" cy="{y:.1f}" r="4.5"/>'
            return [
                line_at(middle, y, columns.boxes, y, "under"),
                line_at(middle, y, columns.boxes, y, "wire " + css_class(row.mark)),
                dot,
            ]
    return []


def _tunnels(scene: Scene, columns: Columns) -> Iterable[str]:
    """From a bridge up, and out to the right to another host."""
    middles = {network: x + width / 2 for network, x, width in columns.buses}
    for index, tunnel in enumerate(scene.tunnels):
        x, y = middles[tunnel.network], _tunnels_y(scene) + LINE * index
        way = f"M {columns.ports:.1f} {y:.1f} H {x:.1f} V {_buses_y(scene):.1f}"
        yield f'<path class="tunnel {css_class(tunnel.mark)}" d="{way}"/>'
        yield pill(tunnel, columns.ports, y)


def _port(port: Row, y: float, columns: Columns) -> list[str]:
    """From the outside into a box."""
    x, into = columns.ports, columns.boxes + columns.box_width
    return [
        line_at(into + 6, y, x, y, "way " + css_class(port.mark)),
        arrow(into, y, "arrow " + css_class(port.mark)),
        pill(port, x, y),
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
        yield arrow(x, end)


def _gone(scene: Scene, columns: Columns, bottom: float) -> tuple[list[str], float]:
    """What is there and is not declared, or has no place in the picture."""
    parts, y = [], bottom
    for subject, mark in scene.gone:
        width = min(columns.edge - 2 * PAD, len(subject) * CHAR + 44)
        parts.append(box_shape(PAD, y, width, 24, "gone", mark))
        parts.append(text_at(PAD + 12, y + 16, sign(mark) + subject, "row " + css_class(mark)))
        y += 32
    return parts, y + 4 if scene.gone else y


def _chips(chips: Iterable[tuple[str, Mark]], x: float, y: float) -> list[str]:
    parts = []
    for text, mark in chips:
        parts.append(box_shape(x, y, _chip_width(text, mark), 24, "chip", mark))
        parts.append(text_at(x + 12, y + 16, sign(mark) + text, "row " + css_class(mark)))
        x += _chip_width(text, mark) + 8
    return parts


def _chip_width(text: str, mark: Mark) -> float:
    return len(sign(mark) + text) * CHAR + 24
