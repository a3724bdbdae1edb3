# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture as SVG: each host as the drift page draws it, one under the other; on the left the tunnels that join them.

Nothing but numbers and escaped text gets into the markup. The file loads nothing, and knows light and dark screens.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from .._drift_report.drawing import Drawn, draw_host
from .._drift_report.scene import AS_DECLARED, Box, Bus, Row, Scene
from .._drift_report.shapes import CHAR
from .._drift_report.style import COLOURS, DRAWING
from .graph import LO_ONLY, OWN
from .picture import HOST, Guest, Hosted, Net, Picture, Tunnel, roots
from .words import sentences

MARGIN, LANE, LABEL = 16, 26, 22
ENTRY = 14  # what a tunnel needs above the bridges of a host
_STYLE = COLOURS + DRAWING + "svg .page { fill: var(--page); stroke: none; }\n"
#: What XML 1.0 has no way to write.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg_of(picture: Picture) -> str:
    """A file of its own, with a newline at its end."""
    entering = [[t for t, each in enumerate(picture.tunnels) if n in each.ends] for n in range(len(picture.hosted))]
    hosts = [draw_host(each.title, _scene(each, len(entering[n]))) for n, each in enumerate(picture.hosted)]
    left = float(MARGIN + LANE * len(picture.tunnels))
    *tops, height = _tops(hosts, float(MARGIN + LABEL * len(picture.tunnels)))
    parts = [f'<g transform="translate({left:.0f} {y:.0f})">{drawn.markup}</g>' for drawn, y in zip(hosts, tops)]
    for number, tunnel in enumerate(picture.tunnels):
        ways = [(hosts[n].buses[tunnel.network], tops[n], entering[n].index(number)) for n in tunnel.ends]
        parts += _tunnel(number, tunnel, [(left + x, top + y, n) for (x, y), top, n in ways])
    labels = [_lane(n) + (len(each.told) + 2) * CHAR * 1.1 for n, each in enumerate(picture.tunnels)]
    width = max([left + drawn.width + MARGIN for drawn in hosts] + labels, default=200.0)
    return file_of(picture.title, " ".join(sentences(picture)), width, height, "".join(parts))


def file_of(title: str, description: str, width: float, height: float, markup: str) -> str:
    """A drawing with its style, as a file of its own, with a newline at its end."""
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f"<style>{_STYLE}</style>"
        f'<rect class="page" x="0" y="0" width="{width:.0f}" height="{height:.0f}"/>{markup}</svg>\n'
    )
    return _NOT_XML.sub("\ufffd", text)


def _tops(hosts: Iterable[Drawn], y: float) -> Iterator[float]:
    """Where each host begins, and at last where the picture ends."""
    yield y
    for drawn in hosts:
        y += drawn.height + MARGIN
        yield y


def _lane(number: int) -> float:
    return MARGIN + LANE * number + 8.0


def _tunnel(number: int, tunnel: Tunnel, ways: Sequence[tuple[float, float, int]]) -> Iterator[str]:
    """A lane down the left side, and from it a way into each host, down on the bridge of the network there.

    ``ways``: where the bridge is, and which of the host's tunnels this is.
    """
    x, head = _lane(number), MARGIN + LABEL * number
    entries = [bridge_y - ENTRY * (which + 1) + 4 for _bridge_x, bridge_y, which in ways]
    yield f'<text class="name" x="{x - 4:.1f}" y="{head + 4:.1f}">{escape(tunnel.told)}</text>'
    yield f'<line class="bus tunnel" x1="{x:.1f}" y1="{head + 12:.1f}" x2="{x:.1f}" y2="{entries[-1]:.1f}"/>'
    for (bridge_x, bridge_y, which), y in zip(ways, entries):
        bridge_x += 12 * which
        yield f'<path class="tunnel" d="M {x:.1f} {y:.1f} H {bridge_x:.1f} V {bridge_y:.1f}"/>'
        yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
        yield f'<circle class="dot" cx="{bridge_x:.1f}" cy="{bridge_y:.1f}" r="4.5"/>'


def _scene(hosted: Hosted, tunnels: int) -> Scene:
    """The host in the words of the drift page's drawing, with nothing marked."""
    owners, inside = roots(hosted), defaultdict(list)
    for name, owner in owners.items():
        inside[owner].append(name)
    boxes = [_box(guest, inside[guest.name], owners) for guest in hosted.guests if guest.shares is None]
    if HOST in inside:
        boxes.append(Box(OWN, "", AS_DECLARED, tuple(Row(name, AS_DECLARED) for name in inside[HOST])))
    if hosted.message:
        boxes.append(Box("unknown", "", AS_DECLARED, (Row(hosted.message, AS_DECLARED),)))
    return Scene(tuple(map(_bus, hosted.networks)), tuple(boxes), 0, (), room=float(ENTRY * tunnels))


def _bus(network: Net) -> Bus:
    return Bus(network.name, "", network.told, AS_DECLARED)


def _box(guest: Guest, names: Iterable[str], owners: Mapping[str, str]) -> Box:
    """``names``: of all containers in this namespace. ``owners``: container → whose namespace it is in."""
    rows = [Row(place.told, AS_DECLARED, place.network) for place in guest.places]
    rows += [Row("also: " + name, AS_DECLARED) for name in names if name != guest.name]
    rows += [
        Row(link.told, AS_DECLARED, to=owners[link.container] if link.host is None else "") for link in guest.links
    ]
    ports = tuple(Row(port, AS_DECLARED) for port in guest.ports)
    return Box(guest.name, "" if guest.places else LO_ONLY, AS_DECLARED, tuple(rows), ports)
