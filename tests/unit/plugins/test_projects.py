# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The further projects of a host, which several variables declare."""

import re

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.linuxnet.fabric.plugins.filter.projects import projects
from tests.paths import ROOT

WORDS = ["networks", "containers", "state", "firewall"]


def test_each_variable_brings_projects_and_adds_to_those_of_others():
    found = projects(
        {
            "topology_projects": {},
            "topology_projects_node1": {"shop": {"containers": {"cache": {}}}},
            "topology_projects_shop": {"shop": {"networks": {"front": {}}, "containers": {"web": {}}}, "blog": None},
        },
        WORDS,
    )
    assert found == [
        {"name": "shop", "networks": {"front": {}}, "containers": {"cache": {}, "web": {}}},
        {"name": "blog", "networks": {}, "containers": {}},
    ]


def test_what_else_is_said_of_a_project_is_kept():
    assert projects({"topology_projects": {"shop": {"state": "absent"}}}, WORDS) == [
        {"name": "shop", "state": "absent", "networks": {}, "containers": {}}
    ]


@pytest.mark.parametrize(
    "variables, told",
    [
        (
            {"a": {"shop": {"contaners": {}}}},
            'a.shop.contaners: a project has no such word; did you mean "con',
        ),
        (
            {"a": {"shop": {"topology_state": 1}}},
            "a.shop.topology_state: a project has no such word; did you mean ",
        ),
        ({"a": {"shop": {"planet": 1}}}, "a.shop.planet: a project has no such word; known are containers, firewall,"),
        ({"a": ["shop"]}, "a: expected a dictionary, name to words"),
        ({"a": {"shop": ["web"]}}, "a.shop: expected a dictionary, name to words"),
        ({"a": {"shop": {"containers": ["web"]}}}, "a.shop.containers: expected a dictionary, name to words"),
        ({"a": {"default": {}}}, "a.default: default is the topology_name of this host"),
        (
            {"a": {"shop": {"containers": {"web": {}}}}, "b": {"shop": {"containers": {"web": {"ports": []}}}}},
            "b.shop.containers.web: a.shop.containers declares web too, and otherwise.",
        ),
        (
            {"a": {"shop": {"state": "absent"}}, "b": {"shop": {"state": "present"}}},
            "b.shop.state: a.shop declares state too, and otherwise.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(variables, told):
    with pytest.raises(AnsibleFilterError) as refused:
        projects(variables, WORDS)
    assert str(refused.value).startswith(told)


def test_every_option_of_the_role_is_the_hosts_or_is_read_of_each_project():
    role = ROOT / "roles" / "topology"
    specification = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = {name[len("topology_") :] for name in specification["argument_specs"]["main"]["options"]}
    of_the_host = set(
        yaml.safe_load((role / "vars" / "main.yml").read_text(encoding="utf-8"))["__topology_of_the_host"]
    )
    read = set(re.findall(r"__topology_project\.(\w+)", (role / "tasks" / "make.yml").read_text(encoding="utf-8")))
    read |= {"blocks"}  # by the plan of a fleet, plugin_utils/_fleet
    read |= {"compose_files", "compose_prefix", "compose_profiles"}  # by the filter projects itself
    assert of_the_host <= options
    assert options - of_the_host == read - {"name"}, (
        "name it in __topology_of_the_host (roles/topology/vars), or read __topology_project.WORD in tasks/make.yml"
    )
