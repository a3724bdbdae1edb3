# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes that a drawing is made of, as SVG: each with its mark, and with what is to be done for who points at it.

Nothing but numbers and escaped text gets into the markup; colours come from the page's style (see style.py).
"""

from __future__ import annotations

from html import escape
from typing import Union

from .changes import MISSING
from .scene import AS_DECLARED, Mark, Row, Tunnel

#: What stands before a marked text, so that colour is not all that tells: filled where something is there and differs,
#: hollow where it is missing. The legend of the page explains them.
SIGNS = {"drift": "▲ ", "intended": "◆ ", "": ""}
HOLLOW = {"drift": "△ ", "intended": "◇ ", "": ""}

CHAR = 7.25  # the width of a letter of the drawing's monospace font at 12px


def sign(mark: Mark) -> str:
    return (HOLLOW if mark.state == MISSING else SIGNS)[mark.kind]


def css_class(mark: Mark) -> str:
    return f"{mark.kind} {mark.state}" if mark.kind else ""


def pill(port: Union[Row, Tunnel], x: float, y: float) -> str:
    """What is outside of the host, beside its frame."""
    text = sign(port.mark) + port.text
    width = len(text) * CHAR + 20
    place = f'x="{x:.1f}" y="{y - 9:.1f}" width="{width:.1f}" height="18"'
    shape = f'<rect class="port {css_class(port.mark)}" {place} rx="9"/>'
    return group(shape + text_at(x + 10, y + 4, text, "row " + css_class(port.mark)), port.mark)


def arrow(x: float, y: float, name: str = "arrow") -> str:
    """Whose tip is here, from the right."""
    return f'<polygon class="{name}" points="{x:.1f},{y:.1f} {x + 8:.1f},{y - 4:.1f} {x + 8:.1f},{y + 4:.1f}"/>'


def box_shape(x: float, y: float, width: float, height: float, name: str, mark: Mark) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return group(f'<rect class="{name} {css_class(mark)}" {place} rx="7"/>', mark)


def group(inside: str, mark: Mark) -> str:
    """With what is to be done, for who points at it."""
    return f"<g><title>{escape(chr(10).join(mark.lines))}</title>{inside}</g>" if mark.lines else inside


def line_at(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def text_at(x: float, y: float, text: str, name: str, mark: Mark = AS_DECLARED) -> str:
    return group(f'<text class="{name}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>', mark)
