# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a page of the checkout becomes one of the site: where its links lead, and what is mended in its HTML."""

from __future__ import annotations

import re

import pytest

from docs.site import accessible, browser, examples, pages
from tests.paths import ROOT


@pytest.mark.parametrize(
    ("page", "target", "leads_to"),
    [
        ("docs/drift.md", "operations.md", "operations.md"),
        ("docs/maintaining/map.md", "../architecture.md", "../architecture.md"),
        ("docs/drift.md", "../README.md", "../index.md"),
        ("CONTRIBUTING.md", "README.md", "index.md"),
        ("docs/compose.md", "../plugins/filter/compose.yml", "../plugins/compose_filter.rst"),
        ("README.md", "plugins/modules/topology.py", "plugins/topology_module.rst"),
        ("docs/drift.md", "../plugins/filter/drift.py", pages.REPOSITORY + "plugins/filter/drift.py"),
        ("docs/drift.md", "../plugins/doc_fragments/_owner.py", pages.REPOSITORY + "plugins/doc_fragments/_owner.py"),
        ("docs/drift.md", "../galaxy.yml", pages.REPOSITORY + "galaxy.yml"),
        ("docs/performance.md", "images/performance.svg", "images/performance.svg"),
        ("docs/drift.md", "nowhere.md", "nowhere.md"),
    ],
)
def test_a_link_leads_to_a_page_to_a_plugin_or_to_the_repository(page, target, leads_to):
    assert pages.relinked(page, target) == leads_to


def test_a_link_keeps_its_anchor_and_code_is_left_as_it_is(monkeypatch, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("[up](../README.md#limits)\n\n```text\n[up](../README.md)\n```\n")
    (tmp_path / "README.md").write_text("# Title\n")
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    assert pages.staged("docs/a.md", pictured=False) == "[up](../index.md#limits)\n\n```text\n[up](../README.md)\n```\n"


def test_the_navigation_has_every_page_once_also_one_that_no_heading_names(monkeypatch):
    monkeypatch.setattr(pages, "pages", lambda: iter(["README.md", "docs/drift.md", "docs/brand-new.md"]))
    told = pages.navigation().splitlines()
    assert (told.count("docs/drift.md"), told.count("docs/brand-new.md"), told.count("README.md")) == (1, 1, 0)


def test_the_navigation_names_only_pages_that_are_there():
    named = {page for listed in pages.CONTENTS.values() for page in listed if page.endswith(".md")}
    assert named <= set(pages.pages())


def test_an_address_in_the_repository_that_a_plugin_gives_is_there():
    for path in [*ROOT.glob("plugins/*/*.py"), *ROOT.glob("plugins/*/*.yml")]:
        given = re.findall(re.escape(pages.REPOSITORY) + r"([\w./-]+)", path.read_text(encoding="utf-8"))
        assert [each for each in given if not (ROOT / each).exists()] == [], path


def test_a_page_of_the_reference_has_no_contents_of_its_own_and_the_index_short_names():
    text = "Linuxnet.Fabric\n===============\n\n.. contents::\n   :local:\n   :depth: 1\n\n    topology_info_module\n"
    assert pages.reference_page(text) == (
        "Modules and plugins\n===================\n\n\n    topology_info (module) <topology_info_module>\n"
    )


def test_what_the_theme_leaves_out_is_put_in():
    assert accessible.mended('<pre>a</pre><th class="head"><p></p></th><th class="head"><p>a</p></th>') == (
        '<pre tabindex="0">a</pre><td class="head"></td><th class="head"><p>a</p></th>'
    )


def test_a_drawing_leads_to_itself_in_full_size_and_one_that_is_a_link_stays_one():
    image = '<img alt="a" src="../_images/a.svg" />'
    assert accessible.mended("<p>" + image) == '<p><a href="../_images/a.svg">' + image + "</a>"
    assert accessible.mended('<p><a href="b.html">' + image) == '<p><a href="b.html">' + image


def test_an_example_stands_where_a_guide_has_its_place():
    shown = examples.shown("before\n\n<!-- example: drift -->\n\nafter\n", "docs", pictured=True)
    assert 'href="../examples/drift.html"' in shown
    assert 'class="only-dark" src="../examples/drift-dark.png"' in shown
    assert "<img" not in examples.shown("<!-- example: drift -->", "docs", pictured=False)


def test_a_machine_without_chromium_has_the_examples_all_the_same(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(browser, "program", lambda: None)
    assert not examples.write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {name + ".html" for name in examples.EXAMPLES}
    assert "there is no Chromium on this machine" in capsys.readouterr().out


def test_a_chromium_that_does_not_start_is_said_to_have_ended(monkeypatch):
    monkeypatch.setattr(browser, "program", lambda: "/bin/true")
    with pytest.raises(browser.BrowserError, match="has ended"), browser.Browser():
        pass


def test_every_example_has_its_place_in_a_guide_and_is_what_it_is_said_to_show():
    told = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    for name in examples.EXAMPLES:
        assert f"<!-- example: {name} -->" in told
    assert "1 drifted" in examples.EXAMPLES["drift"].make()
    assert "2 broken" in examples.EXAMPLES["verify"].make()
