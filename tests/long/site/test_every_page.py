# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page of the site, on a phone and a desktop, light and dark; tests/integration/site has one of each kind."""

from __future__ import annotations

from tests.site import looks


def test_no_page_has_a_script_error_or_scrolls_sideways(site, browser):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 50
    assert looks.stumbles(browser, pages) == []


def test_every_page_passes_axe(site, browser, inspected):
    assert looks.barriers(browser, inspected, sorted(site.rglob("*.html"))) == []
