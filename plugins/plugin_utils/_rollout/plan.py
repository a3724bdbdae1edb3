# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a run: what it would change on every host, for a program to compare and for a person to read. Pure.

```
{"version": 2, "digest": …, "digests": {HOST: {TOPOLOGY: …}},
 "hosts": {HOST: {TOPOLOGY: [{"text", "digest", "kind", "subject", "before", "after"}]}},
 "chosen": {HOST: {TOPOLOGY: {value: whose}}}, "unknown": {HOST: {TOPOLOGY: why}}}
```

A line's digest is of all of its values, and it is these that a run is compared with. Those of a project and of the plan
are the same in whatever order all was declared: there, what was chosen counts by whose it is (``by_owner.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.approval import digest, digest_of
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

from .._drift_report.changes import DONE, read, state_of
from .._drift_report.report import plural
from .beside import in_the_way
from .by_owner import Chosen

#: Of the form of a plan, so that another release's is told, not misread.
VERSION = 2
#: Why a line is there, where it is not because the declaration asks for it.
_WHY = {"drift": "repairs what somebody changed", "release": "asked by this release"}
_HOW = "run ansible-playbook linuxnet.fabric.plan again, and have that approved"


def plan_of(
    reports: Iterable[Mapping[str, Any]],
    *before: Mapping[str, Mapping[str, Any]],
    across: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """``reports``: of each project of each host, as ``drift_report`` makes them. ``before``: what a run does before, of
    networks across hosts, in this order; each host → what ``fleet_member`` answered for its projects (``results``).
    ``across``: project → addresses that were chosen on such networks, of whichever host → whose they are."""
    hosts: dict[str, dict[str, list[dict[str, Any]]]] = {}
    chosen: dict[str, dict[str, dict[str, str]]] = {}
    digests: dict[str, dict[str, str]] = {}
    unknown: dict[str, dict[str, str]] = {}
    met: dict[str, list[Mapping[str, Any]]] = {}
    for report in sorted(reports, key=lambda each: (each["host"], each["topology"])):
        host, topology = report["host"], report["topology"]
        others = met.setdefault(host, [])
        why = report["message"] if report["status"] == "unknown" else in_the_way(report, others)
        others.append(report)
        if why:
            unknown.setdefault(host, {})[topology] = why
            continue
        first = [change for answers in before for change in _of_project(answers.get(host) or {}, topology)]
        changes = [*first, *report["changes"]]
        hosts.setdefault(host, {})[topology] = [{**change, "digest": digest_of(change)} for change in changes]
        if changes:
            values = {**across.get(topology, {}), **report["chosen"]}
            digests.setdefault(host, {})[topology], found = _digest_of_project(changes, values)
            if found:
                chosen.setdefault(host, {})[topology] = found
    return {
        "version": VERSION,
        "digest": _digest_of_all(digests),
        "digests": digests,
        "hosts": hosts,
        "chosen": chosen,
        "unknown": unknown,
    }


def _of_project(answers: Mapping[str, Any], topology: str) -> Iterable[dict[str, Any]]:
    for answer in answers.get("results") or ():
        if answer.get("item", {}).get("key") == topology:
            yield from read(answer.get("changes") or ())


def _digest_of_project(changes: Iterable[Mapping[str, Any]], values: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """And of ``values``, those that the changes say. Whose they are is in the digest too, or one that is not theirs
    could be put beside them."""
    chosen = Chosen(values)
    lines = [digest_of(each) for change in changes for each in chosen.by_owner(change)]
    said = {value: whose for value, whose in values.items() if value in chosen.met}
    return digest([*lines, ["chosen", *said.values()]]), said


def _digest_of_all(digests: Mapping[str, Mapping[str, str]]) -> str:
    """Of what changes, where: a project that is as declared is none of them."""
    return digest([[host, topology, each] for host, of_host in digests.items() for topology, each in of_host.items()])


def approved(plan: Any, host: str, topology: str) -> dict[str, str]:
    """Digest → line, of what a host's project may change by a plan. FabricError where it is none, or was edited."""
    _require_plan(plan)
    try:
        changes = plan["hosts"].get(host, {}).get(topology, ())
        values = plan["chosen"].get(host, {}).get(topology, {})
        of_project = plan["digests"].get(host, {}).get(topology)
        # Of each host of a run its own: of a thousand, all of it would be a thousand times all.
        whole = _digest_of_all(plan["digests"]) == plan["digest"]
        whole = whole and (of_project, values) == (_digest_of_project(changes, values) if changes else (None, {}))
        lines = {digest_of(change): change for change in changes}
        whole = whole and all(change["digest"] == each for each, change in lines.items())
    except (AttributeError, KeyError, TypeError):
        whole = False
    if not whole:
        raise FabricError("topology_approved_plan: the digest is not that of the plan, so it was edited; " + _HOW)
    return {each: str(change["text"]) for each, change in lines.items()}


def _require_plan(plan: Any) -> None:
    if not isinstance(plan, Mapping) or not {"version", "digest", "hosts"}.issubset(plan):
        raise FabricError("topology_approved_plan: this is no plan.json; " + _HOW)
    if plan["version"] != VERSION:
        text = "topology_approved_plan: a plan of version {0}, and this release reads version {1}; {2}"
        raise FabricError(text.format(plan["version"], VERSION, _HOW))


def text_of(plan: Mapping[str, Any], when: str = "") -> str:
    """Every line that would be done, hosts with the same lines together. Without a newline at its end."""
    changing = sum(any(projects.values()) for projects in plan["hosts"].values())
    still = len(plan["hosts"]) - changing
    counted = [f"{plural(changing, 'host')} to change", f"{still} as declared"]
    counted += [f"{len(plan['unknown'])} unknown"] if plan["unknown"] else []
    lines = [f"plan {plan['digest']}" + (f" ({when})" if when else ""), ", ".join(counted)]
    for told, places in _together(plan["hosts"]).items():
        lines += ["", ", ".join(places) + ":" if told else ", ".join(places) + ": as declared"]
        lines += ["  " + line for line in told]
    for host, projects in plan["unknown"].items():
        lines += ["", *(f"{host}/{topology}: unknown: {' '.join(why.split())}" for topology, why in projects.items())]
    return "\n".join(lines)


def _together(hosts: Mapping[str, Mapping[str, Iterable[Mapping[str, Any]]]]) -> dict[tuple[str, ...], list[str]]:
    """The lines of a project → where they are to be done: of many hosts, most are alike."""
    found: dict[tuple[str, ...], list[str]] = {}
    for host, projects in hosts.items():
        for topology, changes in projects.items():
            found.setdefault(tuple(map(_line, changes)), []).append(f"{host}/{topology}")
    return dict(sorted(found.items(), key=lambda each: not each[0]))


def _line(change: Mapping[str, Any]) -> str:
    kind = "" if change["kind"] == "intended" else f" ({_WHY[change['kind']]})"
    return f"{DONE[state_of(change)]} {change['text']}{kind}"
