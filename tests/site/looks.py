# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at pages in a browser: scripts that fail, what scrolls sideways, what a screen reader stumbles over."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from pathlib import Path

from docs.site.browser import COLOURS, DESKTOP, PHONE, Browser, wider_than_screen
from tests.site.axe import Axe

EVERYWHERE = tuple(product((PHONE, DESKTOP), COLOURS))


def stumbles(browser: Browser, pages: Iterable[Path]) -> list[str]:
    """Script errors and sideways scrolling, on a phone and a desktop, light and dark."""
    found = []
    for page, (screen, colours) in product(pages, EVERYWHERE):
        browser.open(page.as_uri(), screen, colours)
        said = [*browser.complaints, *(f"wider than the screen: {each}" for each in wider_than_screen(browser, screen))]
        found += [f"{page.name} on a {screen.name}, {colours}: {each}" for each in said]
    return found


def barriers(browser: Browser, axe: Axe, pages: Iterable[Path], on: Iterable[tuple] = EVERYWHERE) -> list[str]:
    """What axe complains of."""
    found = []
    for page, (screen, colours) in product(pages, on):
        browser.open(page.as_uri(), screen, colours)
        found += [f"{page.name} on a {screen.name}, {colours}: {each}" for each in axe.complaints(browser)]
    return found
