# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""README and every page of docs/ are walked as they stand: files, commands, examples."""

from __future__ import annotations

import pytest

from tests.integration.docs.walk import HOSTS, ROOT, Reader, blocks
from tests.lab import Lab, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason="a lab needs " + missing())
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: The page has a test of its own, which copies it out and runs it.
ELSEWHERE = {"testing.md": "test_testing_page.py"}
WALKED = [page for page in PAGES if page.name not in ELSEWHERE and any(block.why is None for block in blocks(page))]


@pytest.mark.parametrize("page", WALKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_reader_does_not_stumble(tmp_path, page):
    with Lab(HOSTS) as lab:
        Reader(*lab.hosts, tmp_path / "home").walk(page)


def test_a_block_that_is_left_out_says_why():
    reasons = [block.why for page in PAGES for block in blocks(page) if block.why is not None]
    assert all(len(reason) > 10 for reason in reasons), reasons
