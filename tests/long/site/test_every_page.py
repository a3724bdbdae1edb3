# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page and every drawing of the site, on each screen and in each colour."""

from __future__ import annotations

from tests.site import looks


def everything(site):
    return [*sorted(site.rglob("*.html")), *sorted((site / "_images").glob("*.svg"))]


def test_no_page_has_a_script_error_or_scrolls_sideways(site, browser):
    pages = everything(site)
    assert len(pages) > 50
    assert looks.stumbles(browser, pages) == []


def test_every_page_passes_axe(site, browser, inspected):
    assert looks.barriers(browser, inspected, everything(site)) == []
