# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a run: time against number of endpoints, both on logarithmic scales, as hand-written SVG."""

from __future__ import annotations

from math import ceil, floor, log10
from pathlib import Path
from typing import Dict, List, Tuple

from .report import Summary
from .runners import RUNNERS

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 760, 420, 70, 30, 170, 50
_COLOURS = ("#444444", "#0b6e99", "#3fa7d6", "#8a8a8a", "#d1495b", "#edae49", "#66a182")

Point = Tuple[float, float]


def draw(summary: Summary, path: Path) -> None:
    lines: Dict[str, List[Point]] = {}
    for (name, scenario, size, step), found in sorted(summary.items()):
        if (scenario, step) == ("endpoints", "build") and name in RUNNERS and found.seconds > 0:
            lines.setdefault(name, []).append((size, found.seconds))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_svg(lines))


def _svg(lines: Dict[str, List[Point]]) -> str:
    points = [point for line in lines.values() for point in line]
    across = (log10(min(x for x, _y in points)), log10(max(x for x, _y in points)) + 0.01)
    along = (floor(log10(min(y for _x, y in points))), ceil(log10(max(y for _x, y in points))))

    def place(point: Point) -> Point:
        x = _LEFT + (log10(point[0]) - across[0]) / (across[1] - across[0]) * (_WIDTH - _LEFT - _RIGHT)
        y = _HEIGHT - _BOTTOM - (log10(point[1]) - along[0]) / (along[1] - along[0]) * (_HEIGHT - _TOP - _BOTTOM)
        return round(x, 1), round(y, 1)

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" font-family="sans-serif" font-size="12" '
        'role="img" aria-label="Seconds to build N endpoints">'.format(_WIDTH, _HEIGHT),
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        '<text x="{0}" y="18">seconds to build N endpoints (both scales logarithmic)</text>'.format(_LEFT),
    ]
    for power in range(along[0], along[1] + 1):
        parts += _rule(place((10 ** across[0], 10.0**power))[1], "{0:g}".format(10.0**power))
    for size in sorted({x for x, _y in points}):
        x = place((size, 10.0 ** along[0]))[0]
        parts.append('<text x="{0}" y="{1}" text-anchor="middle">{2:,.0f}</text>'.format(x, _HEIGHT - 30, size))
    parts.append('<text x="{0}" y="{1}" text-anchor="middle">endpoints</text>'.format((_WIDTH - 100) / 2, _HEIGHT - 10))
    for number, (name, line) in enumerate(sorted(lines.items(), key=lambda item: item[0])):
        parts += _line(
            name, [place(point) for point in line], _COLOURS[number % len(_COLOURS)], _TOP + 20 * number + 10
        )
    return "\n".join(parts + ["</svg>", ""])


def _rule(y: float, label: str) -> List[str]:
    return [
        '<line x1="{0}" y1="{1}" x2="{2}" y2="{1}" stroke="#dddddd"/>'.format(_LEFT, y, _WIDTH - _RIGHT),
        '<text x="{0}" y="{1}" text-anchor="end">{2}</text>'.format(_LEFT - 8, y + 4, label),
    ]


def _line(name: str, places: List[Point], colour: str, legend: int) -> List[str]:
    path = " ".join("{0},{1}".format(x, y) for x, y in places)
    parts = ['<polyline points="{0}" fill="none" stroke="{1}" stroke-width="2"/>'.format(path, colour)]
    parts += ['<circle cx="{0}" cy="{1}" r="3.5" fill="{2}"/>'.format(x, y, colour) for x, y in places]
    x = _WIDTH - _RIGHT + 20
    parts.append('<rect x="{0}" y="{1}" width="14" height="4" fill="{2}"/>'.format(x, legend - 6, colour))
    parts.append('<text x="{0}" y="{1}">{2}</text>'.format(x + 20, legend, name))
    return parts
