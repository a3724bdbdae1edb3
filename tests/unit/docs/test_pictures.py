# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures in the pages are those of the topologies that the pages declare, and somebody shows each of them."""

from __future__ import annotations

import re

import pytest

from docs import declarations, generate_pictures
from tests.paths import ROOT

FILES = dict(generate_pictures.files())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_picture_is_drawn_from_the_page_as_it_is(path) -> None:
    assert path.read_text(encoding="utf-8") == FILES[path], "run python -m docs.generate_pictures"


def test_each_picture_is_shown_with_words_for_who_cannot_see_it() -> None:
    shown = {
        (page.parent / target).resolve(): words
        for page in declarations.PAGES
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+\.svg)\)", page.read_text(encoding="utf-8"))
    }
    for path in FILES:
        assert path.suffix == ".md" or len(shown.get(path, "")) > 20, path
    assert all(path.is_file() for path in shown)
    assert set((ROOT / "docs" / "images").glob("*.svg")) == set(shown)
