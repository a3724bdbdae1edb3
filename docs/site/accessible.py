# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Sphinx, its theme and antsibull-docs leave out for who does not see a page, or has no mouse, put in afterwards.

Each entry is something that axe-core complained of (tests/long/site); all of it is in markup that we do not write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_MENDED: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), mended)
    for pattern, mended in (
        # A heading of the navigation has no level.
        (r'<p class="caption" role="heading">', '<p class="caption" role="heading" aria-level="2">'),
        # Two landmarks of one kind have no names.
        (r'<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="All pages">'),
        (r'<aside class="toc-drawer">', '<aside class="toc-drawer" aria-label="On this page">'),
        # What scrolls sideways cannot be reached by keys.
        (r"<pre>", '<pre tabindex="0">'),
        (r'<div class="(table-wrapper[^"]*)">', r'<div class="\1" tabindex="0">'),
        # A heading of a table that says nothing is none.
        (r'<th class="(head[^"]*)"><p></p></th>', r'<td class="\1"></td>'),
        # A drawing that is small on a phone has no way to its full size.
        (r'<p>(<img [^>]*src="([^"]*_images/[^"]+)"[^>]*>)', r'<p><a href="\2">\1</a>'),
        # There is no such attribute.
        (r' aria-role="button"', ""),
        # The search has no heading.
        (r'<div id="search-results">', '<h1>Search</h1>\n<div id="search-results">'),
    )
)


def mended(page: str) -> str:
    """The HTML of a page, for everybody."""
    for pattern, replacement in _MENDED:
        page = pattern.sub(replacement, page)
    return page


def mend(site: Path) -> None:
    """Every page that Sphinx wrote into a directory."""
    for path in site.rglob("*.html"):
        path.write_text(mended(path.read_text(encoding="utf-8")), encoding="utf-8")
