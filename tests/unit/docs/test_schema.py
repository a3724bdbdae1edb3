# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schemas for editors: as the parser has it, and neither stricter than the parser nor blind to a misspelt word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Iterator

import pytest
import yaml

from docs import generate_schema
from tests.paths import ROOT

jsonschema = pytest.importorskip("jsonschema")  # not beside the oldest Ansible
referencing = pytest.importorskip("referencing")

CASES = ROOT / "tests" / "unit" / "declaration" / "cases"
VARIABLES = json.loads((generate_schema.DIRECTORY / generate_schema.VARIABLES).read_text(encoding="utf-8"))
INVENTORY = json.loads((generate_schema.DIRECTORY / generate_schema.INVENTORY).read_text(encoding="utf-8"))


def complaints(declared: Any, schema: Any = VARIABLES) -> list[str]:
    variables = referencing.Resource.from_contents(VARIABLES)
    registry = referencing.Registry().with_resource(generate_schema.VARIABLES, variables)
    return [error.json_path for error in jsonschema.Draft7Validator(schema, registry=registry).iter_errors(declared)]


@pytest.mark.parametrize("path", generate_schema.files(), ids=lambda path: path.name)
def test_the_schemas_are_those_of_the_parser(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generate_schema.files()[path], "run python -m docs.generate_schema"


@pytest.mark.parametrize("schema", [VARIABLES, INVENTORY], ids=["variables", "inventory"])
def test_the_schemas_are_schemas(schema: Any) -> None:
    jsonschema.Draft7Validator.check_schema(schema)


def test_the_parser_has_every_word_whose_form_is_said() -> None:
    networks = {*generate_schema.NETWORK_WORDS, *(w for d in generate_schema.DRIVERS.values() for w in d.words)}
    assert set(generate_schema.NETWORK_FORMS) == networks
    assert set(generate_schema.CONTAINER_FORMS) == set(generate_schema.CONTAINER_WORDS)


def _cases(right: bool) -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            if ("problems" not in case) is right:
                yield pytest.param(case, id="{0}: {1}".format(path.stem, case["case"]))


@pytest.mark.parametrize("case", list(_cases(right=True)))
def test_what_the_parser_understands_is_right_for_an_editor(case: Any) -> None:
    assert complaints(case["declared"]) == []


@pytest.mark.parametrize("case", [case for case in _cases(right=False) if "unknown key" in str(case.values[0])])
def test_an_unknown_key_is_wrong_for_an_editor(case: Any) -> None:
    assert complaints(case["declared"])


@pytest.mark.parametrize(
    "declared, place",
    [
        ({"topology_network": {}}, "$"),
        ({"topology_networks_shop": {"front": {"icc": "maybe"}}}, "$.topology_networks_shop"),
        ({"topology_networks": {"lan": {"driver": "macvlan", "icc": False}}}, "$.topology_networks"),
        ({"topology_networks": {"lan": {"parent": "eth0"}}}, "$.topology_networks"),
        ({"topology_containers": {"web": {"ports": [80443]}}}, "$.topology_containers"),
        ({"topology_projects": {"shop": {"containers": {"web": {"port": []}}}}}, "$.topology_projects"),
        ({"topology_firewall": "off"}, "$.topology_firewall"),
    ],
)
def test_what_is_wrong_is_underlined(declared: Any, place: str) -> None:
    assert complaints(declared) == [place]


def test_templates_and_other_variables_pass() -> None:
    declared = {
        "ansible_user": "admin",
        "topology_networks": "{{ shop.networks }}",
        "topology_containers": {"web": {"networks": "{{ on }}", "ports": "{{ ports }}", "bandwidth": "{{ limits }}"}},
        "topology_lock_timeout": "{{ patience }}",
    }
    assert complaints(declared) == []


def test_the_hosts_of_an_inventory_are_looked_at() -> None:
    right = {
        "all": {"hosts": {"node1": {"topology_networks": {"front": {}}}}, "children": {"shop": {"hosts": {"a": None}}}}
    }
    wrong = {"all": {"children": {"shop": {"hosts": {"a": {"topology_networks": {"front": {"icq": True}}}}}}}}
    assert complaints(right, INVENTORY) == []
    assert complaints(wrong, INVENTORY) == ["$.all.children.shop.hosts.a.topology_networks"]
