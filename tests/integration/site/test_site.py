# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation as a site: whole, linked, searchable, and readable on a phone, in the dark and by ear.

Every page is looked at by tests/long/site; here are one of each kind.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from docs.site import links as names
from docs.site import pages
from docs.site.browser import DESKTOP, PHONE
from tests.paths import ROOT
from tests.site import links, looks

SAMPLE = (
    "index",
    "docs/drift",
    "docs/compared-with-docker",
    "plugins/index",
    "plugins/topology_module",
    "search",
    "examples/drift",
    "examples/verify",
)


DRAWING = ROOT / "docs" / "images" / "four-modes.svg"
#: What looks different enough to be inspected on a light screen as well.
LIGHT = ("docs/drift", "plugins/bridge_module", "examples/drift")


def paths(site, names):
    return [site / (name + ".html") for name in names]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        """Nothing: the tests' output is theirs."""


@contextmanager
def over_http(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield "http://127.0.0.1:{0}".format(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def test_every_guide_and_every_plugin_has_a_page(site):
    for page in pages.pages():
        assert (site / pages.place(page)).with_suffix(".html").exists(), page
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
    filters = {path.stem for path in (ROOT / "plugins" / "filter").glob("*.yml")}
    written = {path.stem for path in (site / "plugins").glob("*.html")}
    assert {name + "_module" for name in modules} | {name + "_filter" for name in filters} <= written
    assert {"topology_role", "containers_inventory", "netns_connection", "netns_become"} <= written


def test_every_guide_is_in_the_navigation(site):
    path = site / "search.html"  # whose text has no links of its own
    reached = {file for file, _anchor in links.targets(path, links.Page(path).links)}
    assert {(site / pages.place(guide)).with_suffix(".html") for guide in pages.pages()} <= reached
    assert site / "plugins" / "topology_module.html" in reached


def test_every_link_within_the_site_leads_somewhere(site):
    assert links.broken(site) == []


@pytest.mark.parametrize(
    ("page", "other"),
    [
        ("index", "plugins/topology_module"),
        ("docs/verify", "plugins/topology_verify_module"),
        ("docs/compose", "plugins/compose_filter"),
        ("plugins/topology_module", "docs/getting-started"),
        ("plugins/compose_filter", "docs/compose"),
        ("docs/drift", "examples/drift"),
    ],
)
def test_a_page_that_names_another_leads_there(site, page, other):
    path = site / (page + ".html")
    assert site / (other + ".html") in {file for file, _anchor in links.targets(path, links.Page(path).told)}


def test_the_build_refuses_a_link_that_leads_nowhere(tmp_path):
    (tmp_path / "index.md").write_text("# A page\n\n[gone](gone.md)\n")
    sphinx = [sys.executable, "-m", "sphinx", "--fail-on-warning", "-q", "-c", str(Path(names.__file__).parent)]
    done = subprocess.run([*sphinx, tmp_path, tmp_path / "out"], stderr=subprocess.PIPE, text=True)
    assert done.returncode and "gone.md" in done.stderr


def test_nothing_is_fetched_from_elsewhere(site):
    fetched = ("<script src=", '<link rel="stylesheet"', "<img src=")
    for path in site.rglob("*.html"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not (any(each in line for each in fetched) and "://" in line), (path, line)


@pytest.mark.parametrize("served", [False, True], ids=["from a disk", "from a server"])
def test_the_search_finds_what_stands_on_a_page(site, browser, served):
    with over_http(site) if served else nullcontext(site.as_uri()) as address:
        browser.open(address + "/search.html?q=masquerade", DESKTOP)
        found = browser.wait_for(
            "[...document.querySelectorAll('#search-results li a')].map(each => each.href)"
            ".find(each => each.includes('plugins/nat_rule_module.html'))"
        )
        assert found.startswith(address)
        if served:
            browser.wait_for("document.querySelector('#search-results li p.context')")  # the words around it
            assert browser.complaints == []


def test_the_reader_can_switch_between_light_and_dark_and_drawings_follow(site, browser):
    looked = (
        "[getComputedStyle(document.body).backgroundColor,"
        " getComputedStyle(document.querySelector('article img')).colorScheme].join(' ')"
    )
    browser.open((site / "docs" / "diagram.html").as_uri(), DESKTOP, "light")
    seen = []
    for _each in range(3):  # the system's, and either
        seen.append(browser.evaluate(looked))
        browser.evaluate("document.querySelector('button.theme-toggle').click()")
    assert len({each.split(")")[0] for each in seen}) == 2
    assert {each.split(") ")[1] for each in seen} == {"light dark", "light", "dark"}


def test_pages_have_no_script_error_and_no_sideways_scrolling(site, browser):
    assert looks.stumbles(browser, [*paths(site, SAMPLE), DRAWING]) == []


def test_pages_pass_axe(site, browser, inspected):
    assert looks.barriers(browser, inspected, [*paths(site, SAMPLE), DRAWING], on=[(PHONE, "dark")]) == []
    assert looks.barriers(browser, inspected, paths(site, LIGHT), on=[(DESKTOP, "light")]) == []


def test_axe_and_the_browser_would_complain(tmp_path, browser, inspected):
    page = tmp_path / "bad.html"
    wide = '<p style="width: 2000px">wide</p><script>throw new Error("no")</script>'
    page.write_text(f"<!DOCTYPE html><html><head><title>bad</title></head><body>{wide}<img src='x.png'></body></html>")
    said = looks.stumbles(browser, [page])
    assert [each for each in said if "wider than the screen: P" in each]
    assert [each for each in said if "Error: no" in each]
    assert [each for each in looks.barriers(browser, inspected, [page]) if "image-alt" in each]
