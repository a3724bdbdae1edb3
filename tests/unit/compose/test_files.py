# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose files read from a directory: merging, what is an error and where it says that it was written."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.filter.compose import compose
from ansible_collections.linuxnet.fabric.plugins.filter.projects import projects
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._compose.project import project_of


@pytest.fixture
def read(tmp_path):
    """read({path: text}, *files, how=…): the project."""

    def run(texts, *files, **how):
        for path, text in texts.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return project_of(files or ["compose.yml"], directory=str(tmp_path), environment={}, **how)

    return run


@pytest.fixture
def refused(read):
    def run(texts, *files, **how):
        with pytest.raises(DeclarationError) as error:
            read(texts, *files, **how)
        return str(error.value)

    return run


WEB = "services: {web: {image: web, ports: ['8080:80'], dns: 9.9.9.9}}\n"


def test_lists_of_later_files_are_appended_and_the_same_port_counts_once(read):
    more = "services: {web: {ports: [{target: 80, published: 8080}, '8081:81'], dns: [9.9.9.9, 1.1.1.1]}}\n"
    web = read({"compose.yml": WEB, "more.yml": more}, "compose.yml", "more.yml").containers["web"]
    assert web["ports"] == [{"target": 80, "published": 8080}, "8081:81"]
    assert web["dns"] == ["9.9.9.9", "1.1.1.1"]


def test_paths_of_files_are_relative_to_the_directory_of_the_first(read):
    texts = {"a/compose.yml": "include: [../b/part.yml]\n" + WEB, "b/part.yml": "services: {db: {}}\n"}
    assert list(read(texts, "a/compose.yml").containers) == ["db", "web"]


def test_an_inventory_s_network_is_the_external_one_of_its_name(read):
    text = "services: {web: {networks: [lan]}}\nnetworks: {lan: {external: true}}\n"
    project = read({"compose.yml": text}, declared=["lan"])
    assert (project.networks, project.containers) == ({}, {"web": {"networks": {"lan": {}}}})


def test_the_project_is_called_by_environment_then_files_then_directory(read):
    named = "name: ${X:-Shop!}\n" + WEB
    assert read({"compose.yml": named}).name == "shop"
    assert read({".env": "COMPOSE_PROJECT_NAME=mine\n", "compose.yml": named}).name == "mine"
    assert read({".env": "", "My Shop/compose.yml": WEB}, "My Shop/compose.yml").name == "myshop"


def test_what_only_the_program_in_a_container_needs_is_not_read(read):
    text = "services: {web: {environment: {A: '${SECRET:?no}'}, command: 'echo $('}}\nvolumes: {a: '${B:?}'}\n"
    assert read({"compose.yml": text}).notes == ()


def test_what_cannot_be_fetched_is_left_out_and_told(read):
    text = "include: ['oci://example/app', 'https://example/a.git']\n" + WEB
    assert read({"compose.yml": text}).notes == (
        "compose.yml: include[0]: oci://example/app is not on this disk, and left out",
        "compose.yml: include[1]: https://example/a.git is not on this disk, and left out",
    )


def test_yaml_s_traps_are_none(read):
    text = "services: {on: {ports: [22:22, 8000:8000]}, no: {hostname: yes}}\n"
    found = read({"compose.yml": text}).containers
    assert found["on"]["ports"] == ["22:22", "8000:8000"]
    assert found["no"]["hostname"] == "yes"


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "services: {web: {ports: ['80:99999']}}",
            'compose.yml: services.web.ports[0]: "80:99999": the container port must be between 1 and 65535',
        ),
        (
            "services: {web: {ports: ['${P:?say which}:80']}}",
            "compose.yml: services.web.ports[0]: the variable P is not set: say which",
        ),
        (
            "services: {web: {networks: [fornt]}}\nnetworks: {front: {}}",
            'compose.yml: services.web.networks.fornt: "fornt": there is no such network (did you mean "front"?)',
        ),
        (
            "services: {web: {network_mode: 'service:dbb'}, db: {}}",
            'compose.yml: services.web.network_mode: "service:dbb": there is no service "dbb" (did you mean "db"?)',
        ),
        (
            "services: {web: {network_mode: 'service:db'}, db: {profiles: [data]}}",
            'services.web.network_mode: "service:db": there is no service "db"; of a profile that is not on: data',
        ),
        (
            "networks: {front: {ipam: {config: [{subnet: 10.0.0.1/24}]}}}",
            "compose.yml: networks.front.ipam.config[0].subnet: ",
        ),
        ("services: {a: {extends: b}, b: {extends: a}}", "compose.yml: services.a.extends: extends itself: a → b → a"),
        ("services: {a: {extends: b}}", 'compose.yml: services.a.extends: there is no service "b"'),
        ("include: [compose.yml]", "compose.yml: includes itself"),
        ("include: [nowhere.yml]", "nowhere.yml: No such file or directory; paths are relative to "),
        ("services: [web]", "compose.yml: services: expected a dictionary, name to words"),
        ("services: {web: 1}", "compose.yml: services.web: expected a dictionary"),
        ("services: {a: {}, a: {}}", "compose.yml: line 1: a stands twice in one dictionary"),
        ("services: {", "compose.yml: while parsing a flow"),
        ("- a", "compose.yml: expected a dictionary with services, networks and so on"),
        (
            "services: {a: {container_name: x}, b: {container_name: x}}",
            'compose.yml: services.b.container_name: "x": another service is called so too',
        ),
    ],
)
def test_an_error_names_the_file_and_the_place(refused, text, message):
    assert message in refused({"compose.yml": text + "\n"})


def test_an_error_of_a_second_file_names_that_file(refused):
    said = refused({"compose.yml": WEB, "more.yml": "services: {db: {ports: [x]}}\n"}, "compose.yml", "more.yml")
    assert said.startswith("more.yml: services.db.ports[0]: ")


def test_two_included_files_do_not_contradict_each_other(refused):
    texts = {
        "compose.yml": "include: [a/a.yml, b/b.yml]\n",
        "a/a.yml": "networks: {front: {internal: true}}\n",
        "b/b.yml": "networks: {front: {}}\n",
    }
    told = "compose.yml: include[1]: networks.front is in an earlier include too, and says otherwise there"
    assert refused(texts) == told


def test_the_filter_gives_plain_data(tmp_path):
    (tmp_path / "compose.yml").write_text(WEB)
    found = compose(["compose.yml"], directory=str(tmp_path))
    assert list(found) == ["name", "networks", "containers", "notes"]
    assert compose([]) == {"name": "", "networks": {}, "containers": {}, "notes": []}


def test_a_further_project_has_compose_files_too(tmp_path):
    (tmp_path / "compose.yml").write_text(WEB)
    said = {"shop": {"compose_files": [str(tmp_path / "compose.yml")], "containers": {"extra": {}}}}
    found = projects({"topology_projects": said}, ["compose_files", "containers"])
    assert sorted(found[0]["containers"]) == ["extra", "web"]
    assert found[0]["networks"] == {"default": {}}
