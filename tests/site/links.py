# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of a directory of HTML pages, and which of them lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The anchors and the links of a page; ``told`` are those links that stand in its text, not in the navigation."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.told: list[str] = []
        self._in_text = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._in_text = self._in_text or tag == "article"
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)
                self.told += [value] if self._in_text else []

    def handle_endtag(self, tag: str) -> None:
        self._in_text = self._in_text and tag != "article"


def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def targets(path: Path, links: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Where links of a page lead within the site: a file, and an anchor in it or nothing."""
    for link in links:
        parts = urlsplit(link)
        if not parts.scheme and not parts.netloc:
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            yield file, unquote(parts.fragment)


def broken(site: Path) -> list[str]:
    """Each link that leads nowhere, with its page."""
    found = pages(site)
    return [
        f"{path.relative_to(site)}: {file.name}#{anchor}"
        for path, page in found.items()
        for file, anchor in targets(path, page.links)
        if not file.exists() or (anchor and file in found and anchor not in found[file].anchors)
    ]
