# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search of a page: by host, network, container and kind. Pure.

It is the one script of a page, and the page allows none but it, by its digest: what a host says never runs. Without
scripts the form is not shown, and all the rest is there.

An element with ``data-of`` is shown where one of its facets is searched for. A host has ``data-name`` too, and
``data-in``, the numbers of the folds that it is in; a fold has its number in ``data-fold``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from .changes import DRIFT, INTENDED, KINDS, RELEASE, Change

#: Of more different facets than this, containers are left out of the search: the page is to stay small.
MOST = 4000
#: So many names are offered while somebody types.
OFFERED = 200

Facet = tuple[str, str, str]  # kind, network, container; empty where it is about none

_KINDS = {DRIFT: "changed on the host", INTENDED: "changed in the inventory", RELEASE: "changed by the release"}

SCRIPT = """
(function () {
  var form = document.getElementById("search"), facets = JSON.parse(form.dataset.facets);
  var fields = ["kind", "network", "container"].map(function (name) { return form.elements[name]; });
  var hosts = document.querySelectorAll("[data-name]"), folds = document.querySelectorAll("[data-fold]");
  function written(field) { return field ? field.value.trim().toLowerCase() : ""; }
  function numbers(text) { return text ? text.split(" ") : []; }
  function matcher(field, column) {
    var wanted = written(field);
    var exact = facets.some(function (facet) { return facet[column].toLowerCase() === wanted; });
    return function (facet) {
      var found = facet[column].toLowerCase();
      return !wanted || (exact ? found === wanted : found.indexOf(wanted) >= 0);
    };
  }
  function show() {
    var tests = fields.map(matcher), anything = !fields.some(written), name = written(form.elements.host);
    var fits = facets.map(function (facet) { return tests.every(function (test) { return test(facet); }); });
    var reached = {}, count = 0;
    function matches(element) {
      return anything || numbers(element.dataset.of).some(function (number) { return fits[number]; });
    }
    hosts.forEach(function (host) {
      host.hidden = !matches(host) || host.dataset.name.toLowerCase().indexOf(name) < 0;
      if (host.hidden) { return; }
      count += 1;
      numbers(host.dataset.in).forEach(function (fold) { reached[fold] = true; });
    });
    folds.forEach(function (fold) { fold.hidden = !matches(fold) || !reached[fold.dataset.fold]; });
    document.querySelectorAll(".folds").forEach(function (card) {
      card.hidden = !card.querySelector("[data-fold]:not([hidden])");
    });
    document.getElementById("found").textContent = count + " of " + hosts.length;
  }
  form.addEventListener("input", show);
  form.addEventListener("reset", function () { setTimeout(show); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.hidden = false;
  show();
})();
"""


def policy_of(script: str) -> str:
    """The source of a Content-Security-Policy that lets this one script run (CSP Level 3, hash-source)."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


class Facets:
    """What all changes of the reports are about, numbered."""

    def __init__(self, reports: Iterable[Mapping[str, Any]]) -> None:
        reports = list(reports)
        found = {facet_of(change, report) for report in reports for change in report["changes"]}
        self._with_containers = len(found) <= MOST
        self._numbers = {facet: number for number, facet in enumerate(sorted(set(map(self._kept, found))))}

    def _kept(self, facet: Facet) -> Facet:
        return facet if self._with_containers else (facet[0], facet[1], "")

    def of(self, told: Iterable[tuple[Change, Mapping[str, Any]]]) -> str:
        """The numbers of those of these changes, as ``data-of`` has them."""
        return " ".join(map(str, sorted({self._numbers[self._kept(facet_of(*each))] for each in told})))

    def form(self) -> str:
        """Hidden until the script shows it. Empty where there is nothing to look for."""
        if not self._numbers:
            return ""
        data = escape(json.dumps(list(self._numbers), separators=(",", ":")), quote=False).replace("'", "&#39;")
        kinds = "".join(
            f'<option value="{kind}">{_KINDS[kind]}</option>'
            for kind in KINDS
            if any(f[0] == kind for f in self._numbers)
        )
        fields = [
            '<label>host <input type="search" name="host" autocomplete="off"></label>',
            *(self._offer(word, column) for column, word in ((1, "network"), (2, "container"))),
            f'<label>kind <select name="kind"><option value="">every</option>{kinds}</select></label>',
            '<button type="reset">show all</button>',
            '<output id="found" aria-live="polite"></output>',
        ]
        return f'<form id="search" class="search" role="search" hidden data-facets=\'{data}\'>{"".join(fields)}</form>'

    def _offer(self, word: str, column: int) -> str:
        names = sorted({facet[column] for facet in self._numbers if facet[column]})
        options = "".join(f'<option value="{escape(name)}">' for name in names[:OFFERED])
        field = f'<label>{word} <input type="search" name="{word}" list="{word}s" autocomplete="off"></label>'
        return f'{field}<datalist id="{word}s">{options}</datalist>' if names else ""


def facet_of(change: Change, report: Mapping[str, Any]) -> Facet:
    """The network of an interface is the one that it is declared on."""
    subject = change["subject"]
    container, network = subject.get("container", ""), subject.get("network", "")
    if not network and "interface" in subject:
        network = _network_of(report["containers"].get(container), subject["interface"])
    return change["kind"], network, container


def _network_of(container: Any, ifname: str) -> str:
    """Empty where an answer is not as answers are."""
    interfaces = container.get("interfaces") if isinstance(container, Mapping) else None
    nic = interfaces.get(ifname) if isinstance(interfaces, Mapping) else None
    return str(nic.get("network") or "") if isinstance(nic, Mapping) else ""
