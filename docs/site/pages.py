# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pages the site has, in which order, and how a page of the checkout becomes one of the site. No Sphinx here.

The site's tree is the checkout's, so that a link is the same in both: README.md is its ``index.md``, and ``plugins/``
has what antsibull-docs writes. What a page says is not changed; only links to what is no page of the site are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import yaml

from docs.site import examples
from tests.paths import ROOT

#: Heading in the navigation → its pages, in order. A page that is in none comes last in MORE.
MORE = "In use"
CONTENTS: Mapping[str, Sequence[str]] = {
    "Begin": (
        "docs/getting-started.md",
        "docs/compose.md",
        "docs/joining.md",
        "docs/compared-with-docker.md",
    ),
    "Networks": (
        "docs/lan.md",
        "docs/fleet.md",
        "docs/leases.md",
        "docs/dns.md",
        "docs/firewalls.md",
    ),
    MORE: (
        "docs/operations.md",
        "docs/drift.md",
        "docs/verify.md",
        "docs/diagram.md",
        "docs/testing.md",
        "docs/support.md",
        "docs/security.md",
        "docs/performance.md",
    ),
    "How it works": (
        "docs/architecture.md",
        "docs/transactions.md",
        "docs/ruleset.md",
        "docs/names.md",
    ),
    "Reference": ("plugins/index", "CHANGELOG.md"),
    "Maintaining": (
        "CONTRIBUTING.md",
        "docs/maintaining/map.md",
        "docs/maintaining/adding.md",
        "docs/maintaining/glossary.md",
        "docs/maintaining/journal.md",
        "docs/maintaining/release.md",
        "SECURITY.md",
    ),
}
#: Where the checkout is for a reader of the site: galaxy.yml's repository.
REPOSITORY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"] + "/blob/main/"

#: What antsibull-docs has pages of. Where two have the same name, the first one is meant.
KINDS = ("module", "role", "filter", "inventory", "connection", "become", "callback")

_LINK = re.compile(r"(?<=\]\()(?P<target>[^)#\s:]+)(?P<anchor>#[^)\s]*)?(?=\))")
_FENCE = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
_LOCAL_CONTENTS = re.compile(r"^\.\. contents::\n(?:   .*\n)+", re.MULTILINE)
_TITLE = re.compile(r"^Linuxnet\.Fabric\n=+$", re.MULTILINE)
_ENTRY = re.compile(rf"^    (?P<name>\w+)_(?P<kind>{'|'.join(KINDS)})$", re.MULTILINE)


def pages() -> Iterator[str]:
    """Every page that people write, as its path in the checkout."""
    yield from ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
    yield from (path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md")))


def place(page: str) -> str:
    """Where a page of the checkout is in the site's tree."""
    return "index.md" if page == "README.md" else page


def staged(page: str, pictured: bool) -> str:
    """The text of a page for the site: its links lead somewhere there. ``pictured``: there are pictures of examples."""
    text = (ROOT / page).read_text(encoding="utf-8")
    parts = _FENCE.split(text)  # every second one is a block of code
    parts[::2] = [
        _LINK.sub(lambda link: relinked(page, link["target"]) + (link["anchor"] or ""), part) for part in parts[::2]
    ]
    shown = examples.shown("".join(parts), os.path.dirname(page), pictured)
    return shown + (navigation() if page == "README.md" else "")


def relinked(page: str, target: str) -> str:
    """A link of a page of the checkout, as the site has to have it: to a page, a plugin's page, or the repository."""
    folder = os.path.dirname(page)
    path = os.path.normpath(os.path.join(folder, target))
    if path in pages():
        return os.path.relpath(place(path), folder or ".")
    plugin = plugin_page(path)
    if plugin is not None:
        return os.path.relpath(plugin, folder or ".")
    if PurePosixPath(path).suffix in (".svg", ".png") or not (ROOT / path).exists():
        return target  # a picture; or a broken link, which the build then complains of
    return REPOSITORY + path


def plugin_page(path: str) -> str | None:
    """The page that antsibull-docs writes of a plugin's file, if it is one. A filter is told of in a file beside it."""
    folder, _slash, name = path.removeprefix("plugins/").partition("/")
    kind = {"modules": "module"}.get(folder, folder)
    source = (ROOT / path).with_suffix(".yml") if kind == "filter" else ROOT / path
    if kind not in KINDS or "/" in name or not source.exists():
        return None
    return f"plugins/{source.stem}_{kind}.rst"


def navigation() -> str:
    """The contents as MyST has them, for the end of the first page."""
    named = {page for listed in CONTENTS.values() for page in listed}
    rest = [page for page in pages() if page not in named and page != "README.md"]
    lists = {heading: [*listed, *(rest if heading == MORE else ())] for heading, listed in CONTENTS.items()}
    return "".join(
        "\n```{toctree}\n:hidden:\n:caption: " + heading + "\n\n" + "\n".join(listed) + "\n```\n"
        for heading, listed in lists.items()
    )


def reference_page(text: str) -> str:
    """A page of antsibull-docs without its own contents, which the theme has in the margin.

    The index of the collection also gets a title that says what it is, and short names for the navigation.
    """
    text = _LOCAL_CONTENTS.sub("", text)
    text = _TITLE.sub("Modules and plugins\n===================", text, count=1)
    return _ENTRY.sub(lambda entry: "    {name} ({kind}) <{0}>".format(entry[0].strip(), **entry.groupdict()), text)


def stage(directory: Path, reference: Path, pictured: bool) -> None:
    """Write the site's tree. ``reference`` is what antsibull-docs wrote."""
    for page in pages():
        _write(directory / place(page), staged(page, pictured))
    for path in sorted((ROOT / "docs").rglob("*.svg")) + sorted((ROOT / "docs").rglob("*.png")):
        target = directory / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    for path in sorted(reference.glob("*.rst")):
        _write(directory / "plugins" / path.name, reference_page(path.read_text(encoding="utf-8")))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
