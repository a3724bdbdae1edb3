# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with several projects, each brought by a group: all are made, told apart by drift, and taken away."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.lab import ansible

SHOP = {"networks": {"front": {}}, "containers": {"web": {"networks": ["front"], "ports": ["8080:80"]}}}
BLOG = {"containers": {"page": {"ports": ["8081:80"]}}}


@pytest.fixture
def inventory(tmp_path):
    """node1 is in two groups; what the host itself declares is a third project."""
    here = {"ansible_connection": "local", "ansible_python_interpreter": ansible.target_python()}
    groups = {"shop": {"hosts": {"node1": here}}, "blog": {"hosts": {"node1": {}}}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"children": groups}}))
    declare(tmp_path, "group_vars/shop.yml", topology_projects_shop={"shop": SHOP})
    declare(tmp_path, "group_vars/blog.yml", topology_projects_blog={"blog": BLOG})
    declare(tmp_path, "host_vars/node1.yml", topology_containers={"own": {"network_mode": "none"}})
    return tmp_path


def declare(inventory, name, **variables):
    path = inventory / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(variables))


def namespaces(host):
    return sorted(host.run(["ls", "/run/netns"]).stdout.split())


def drift(host, inventory, fail=False):
    reports = inventory.parent / (inventory.name + "-reports")
    where = {"topology_report_directory": str(reports)}
    host.playbook("playbooks/drift.yml", str(inventory), extra_vars=where, fail=fail)
    found = {path.name: json.loads(path.read_text())["status"] for path in reports.glob("node*.json")}
    return found, (reports / "summary.txt").read_text()


def test_all_projects_of_a_host_are_made_told_apart_and_taken_away(lab, inventory):
    site = lab.host.playbook("playbooks/site.yml", str(inventory))
    assert namespaces(lab.host) == ["own", "page", "web"]
    told = next(each for each in reversed(site.results) if "topology_results" in each.get("ansible_facts", {}))
    assert sorted(told["ansible_facts"]["topology_results"]) == ["blog", "default", "shop"]
    for name, port in (("web", 8080), ("page", 8081)):
        lab.host.container(name).serve("tcp", 80)
        assert lab.client.ask("tcp", lab.host.ipv4, port)["server"] == name
    assert lab.host.playbook("playbooks/site.yml", str(inventory)).changed == 0

    lab.host.run(["ip", "link", "set", "br-front", "mtu", "1400"])
    found, text = drift(lab.host, inventory, fail=True)
    assert found == {"node1.default.json": "clean", "node1.blog.json": "clean", "node1.shop.json": "drifted"}
    assert text.startswith("1 host, 3 projects: 1 drifted, 2 clean ")
    assert "node1/shop  DRIFTED  1 to repair" in text
    assert "clean: node1/blog, node1/default" in text

    lab.host.playbook("playbooks/teardown.yml", str(inventory))
    assert namespaces(lab.host) == []


def test_one_project_goes_and_the_others_stay(lab, inventory):
    lab.host.playbook("playbooks/site.yml", str(inventory))
    declare(inventory, "group_vars/blog.yml", topology_projects_blog={"blog": {"state": "absent"}})
    lab.host.playbook("playbooks/site.yml", str(inventory))
    assert namespaces(lab.host) == ["own", "web"]


def test_a_host_adds_a_container_to_a_project_of_its_group(lab, inventory):
    more = {"shop": {"containers": {"cache": {"networks": ["front"]}}}}
    declare(inventory, "host_vars/node1.yml", topology_projects_node1=more)
    lab.host.playbook("playbooks/site.yml", str(inventory))
    assert namespaces(lab.host) == ["cache", "page", "web"]


@pytest.mark.parametrize(
    "words, told",
    [
        ({"containers": {"web": {"ports": ["80:99999"]}}}, "topology_projects.shop.containers.web.ports[0]: "),
        ({"container": {}}, "topology_projects_shop.shop.container: a project has no such word; did you mean"),
        ({"containers": {"own": {}}}, "belongs to the topology default, not to shop; nothing was changed."),
        ({"containers": {"web": {"ports": ["8081:80"]}}}, "containers.web.ports[0]: the host port 8081/tcp is asked"),
        ({"networks": {"front": {"bridge": "fabric0"}}}, "choose another one for this topology (bridge, of a network)"),
    ],
    ids=["value", "word", "container of another project", "port of another project", "bridge of another project"],
)
def test_what_is_wrong_in_a_project_is_told_with_its_place_and_the_cure(lab, inventory, words, told):
    lab.host.playbook("playbooks/site.yml", str(inventory))
    declare(inventory, "group_vars/shop.yml", topology_projects_shop={"shop": words})
    assert told in lab.host.playbook("playbooks/site.yml", str(inventory), fail=True).told


def test_a_project_that_is_the_hosts_own_is_refused(lab, inventory):
    declare(inventory, "group_vars/shop.yml", topology_projects_shop={"default": SHOP})
    told = lab.host.playbook("playbooks/site.yml", str(inventory), fail=True).told
    assert "topology_projects_shop.default: default is the topology_name of this host" in told
    assert lab.host.run(["ip", "netns", "list"]).stdout == ""


def test_a_project_that_gives_no_answer_is_unknown_and_the_others_are_told(lab, inventory):
    lab.host.playbook("playbooks/site.yml", str(inventory))
    wrong = {"shop": {"containers": {"web": {"ports": ["80:99999"]}}}}
    declare(inventory, "group_vars/shop.yml", topology_projects_shop=wrong)
    found, text = drift(lab.host, inventory, fail=True)
    assert found == {"node1.default.json": "clean", "node1.blog.json": "clean", "node1.shop.json": "unknown"}
    assert "node1/shop  UNKNOWN  topology_projects.shop.containers.web.ports[0]: " in text
