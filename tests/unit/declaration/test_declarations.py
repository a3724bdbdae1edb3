# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule of the declaration, as cases a user can read: what is declared, and what it means or why it is wrong.

A case in cases/*.yml has ``declared`` (topology_name is "default" unless given) and either ``problems``, the exact
lines that the user sees, or ``facts``: dotted paths into the Topology and the values there. ``requests`` holds facts
about the lease requests that follow. ``generate`` adds as many containers as it says.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
import yaml

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.topology import Topology
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.lease_requests import lease_requests
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError

CASES = Path(__file__).parent / "cases"


def _cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id="{0}: {1}".format(path.stem, case["case"]))


def parse(case: Dict[str, Any]) -> Topology:
    declared = dict(case["declared"])
    if "generate" in case:
        count, networks = case["generate"]["containers"], case["generate"]["networks"]
        declared["topology_containers"] = {"c{0}".format(n): {"networks": networks} for n in range(count)}
    return parse_declaration(
        declared.get("topology_name", "default"),
        declared.get("topology_networks"),
        declared.get("topology_containers"),
        declared.get("topology_default_address_pools"),
        declared.get("topology_port_range"),
        bool(declared.get("topology_docker_runtime")),
    )


def plain(value: Any) -> Any:
    """Data as YAML would hold it: lists for tuples, text for addresses."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def look_up(data: Any, path: str) -> Any:
    """``containers.web.ports[0].container_port``, or ``containers.web.ports.count`` for a length."""
    for word, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if index:
            data = data[int(index)]
        else:
            data = len(data) if word == "count" else data[word]
    return data


def check_facts(value: Any, facts: Dict[str, Any]) -> None:
    data = plain(value)
    assert {path: look_up(data, path) for path in facts} == facts


@pytest.mark.parametrize("case", list(_cases()))
def test_declaration(case: Dict[str, Any]) -> None:
    if "problems" in case:
        with pytest.raises(DeclarationError) as caught:
            parse(case)
        assert [str(problem) for problem in caught.value.problems] == case["problems"]
        return
    topology = parse(case)
    check_facts(topology, case.get("facts", {}))
    check_facts(lease_requests(topology), case.get("requests", {}))
