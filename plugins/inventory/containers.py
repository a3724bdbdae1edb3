# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers that an inventory declares, as hosts of it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: containers
short_description: The declared containers of hosts, as hosts to run tasks in
version_added: 0.2.0
seealso:
  - name: Joining a container's namespace
    description: With Ansible, systemd, podman, nspawn and runc.
    link: https://github.com/linuxnet/fabric/blob/main/docs/joining.md
author:
  - linuxnet.fabric contributors (@linuxnet)
description:
  - Adds a host for every container that C(topology_containers) of another host declares, those of
    C(topology_containers_*), C(topology_compose_files), C(topology_projects) and C(topology_projects_*) included. Tasks
    for it run inside the container's network namespace on that host, over its connection, by the become plugin
    P(linuxnet.fabric.netns#become).
  - It reads variables and Compose files only. Nothing has to exist yet, and no host is asked.
  - Every container is in the group C(fabric_containers), in C(fabric_containers_of_HOST) and, for each of its networks,
    in C(fabric_containers_on_NETWORK); characters that a group's name cannot have become C(_).
  - A container has the variables C(fabric_container), C(fabric_host), C(fabric_topology), C(fabric_network_mode) and
    C(fabric_networks), and the connection variables (C(ansible_*)) of its host.
  - The file is named F(containers.yml), F(containers.yaml) or ends with F(.containers.yml). It comes after the sources
    that declare the hosts; inside a directory of sources that is the alphabetical order.
  - The playbooks of this collection leave the hosts of C(fabric_containers) out, for they are no machines to make
    networks on.
options:
  plugin:
    description: The name of this plugin, C(linuxnet.fabric.containers).
    type: str
    required: true
    choices: [linuxnet.fabric.containers]
  name_format:
    description:
      - What a container is called in the inventory. C({container}), C({host}) and C({topology}) stand for their names.
      - Two hosts of the inventory with one name are an error.
    type: str
    default: "{container}.{host}"
  become_exe:
    description:
      - How C(ip) is run on the host, as of P(linuxnet.fabric.netns#become).
      - By default C(sudo -n ip) where C(ansible_become) of the host is true and its C(ansible_user) is not root, else
        C(ip).
    type: str
"""

EXAMPLES = r"""
# containers.yml, beside hosts.yml in a directory inventory/
plugin: linuxnet.fabric.containers
"""

from typing import Any, Dict, Iterator, List, Mapping, Tuple

from ansible.errors import AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.inventory.helpers import get_group_vars
from ansible.plugins.inventory import BaseInventoryPlugin
from ansible.utils.vars import combine_vars
from ansible.vars.plugins import get_vars_from_inventory_sources

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._compose.project import project_of

_CONTAINERS = "topology_containers"
_PROJECTS = "topology_projects"
_COMPOSE = ("compose_files", "compose_prefix", "compose_profiles")
_TRUE = (True, "true", "yes", "on", "1", 1)


class InventoryModule(BaseInventoryPlugin):
    """Reads what other sources said of their hosts."""

    NAME = "linuxnet.fabric.containers"

    def verify_file(self, path: str) -> bool:
        names = ("containers.yml", "containers.yaml")
        return bool(super().verify_file(path)) and path.endswith(
            (*("/" + name for name in names), *("." + name for name in names))
        )

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache=cache)
        self._read_config_data(path)
        for host in list(inventory.hosts.values()):
            variables = self._variables(host)
            if "fabric_container" in variables:
                continue
            for topology, name, words in self._declared(host.name, variables):
                self._add(host.name, variables, topology, name, words)

    def _variables(self, host: Any) -> Dict[str, Any]:
        """Of a host: those in the sources and those in group_vars/ and host_vars/."""
        sources = self.inventory.processed_sources
        groups = host.get_groups()
        found: Dict[str, Any] = combine_vars(
            combine_vars(get_group_vars(groups), get_vars_from_inventory_sources(self.loader, sources, groups, "all")),
            combine_vars(host.get_vars(), get_vars_from_inventory_sources(self.loader, sources, [host], "all")),
        )
        return found

    def _declared(self, host: str, variables: Mapping[str, Any]) -> Iterator[Tuple[str, str, Any]]:
        """Topology, container and its words; a container that several variables declare is one."""
        self.templar.available_variables = {**variables, "inventory_hostname": host}
        own = str(self.templar.template(variables.get("topology_name", "default")))
        said = [(own, containers) for _word, containers in self._said(host, variables, _CONTAINERS)]
        for word, projects in self._said(host, variables, _PROJECTS):
            for project, words in projects.items():
                path = "{0}.{1}".format(word, project)
                containers = _dictionary(words, path, host).get("containers")
                said.append((str(project), _dictionary(containers, path + ".containers", host)))
                said.append((str(project), self._of_files(host, words or {}, "", (words or {}).get("networks"))))
        networks = [name for _word, each in self._said(host, variables, "topology_networks") for name in each]
        said.append((own, self._of_files(host, variables, "topology_", networks)))
        seen = set()
        for topology, containers in said:
            for name, words in containers.items():
                if (topology, name) not in seen:
                    seen.add((topology, name))
                    yield topology, str(name), words or {}

    def _of_files(self, host: str, words: Mapping[str, Any], prefix: str, networks: Any) -> Mapping[str, Any]:
        """The containers of the Compose files that a project names. ``prefix``: what its words begin with."""
        read = {word: self.templar.template(words.get(prefix + word)) for word in _COMPOSE}
        files, named, profiles = read.values()
        try:
            return project_of(files or (), named in _TRUE, profiles or (), declared=list(networks or ())).containers
        except DeclarationError as error:
            raise AnsibleParserError("{0}compose_files of {1}: {2}".format(prefix, host, error)) from error

    def _said(self, host: str, variables: Mapping[str, Any], word: str) -> Iterator[Tuple[str, Mapping[str, Any]]]:
        """A variable and those that add to it, with what they say."""
        for name in [word, *sorted(each for each in variables if each.startswith(word + "_"))]:
            yield name, _dictionary(self.templar.template(variables.get(name)), name, host)

    def _add(
        self, host: str, variables: Mapping[str, Any], topology: str, container: str, words: Mapping[str, Any]
    ) -> None:
        name = self.get_option("name_format").format(container=container, host=host, topology=topology)
        if name in self.inventory.hosts:
            text = "container {0} of {1} would be called {2}, as another host of the inventory; set name_format"
            raise AnsibleParserError(text.format(container, host, name))
        networks = _networks(words)
        for group in [
            "fabric_containers",
            "fabric_containers_of_" + host,
            *("fabric_containers_on_" + net for net in networks),
        ]:
            group = self.inventory.add_group(to_safe_group_name(group, force=True, silent=True))
            self.inventory.add_host(name, group=group)
        given = {
            **_connection(host, variables),
            "ansible_become": True,
            "ansible_become_method": "linuxnet.fabric.netns",
            "ansible_become_netns": container,
            "ansible_become_exe": self.get_option("become_exe") or _become_exe(variables),
            "fabric_container": container,
            "fabric_host": host,
            "fabric_topology": topology,
            "fabric_network_mode": str(words.get("network_mode") or "bridge"),
            "fabric_networks": networks,
        }
        for variable, value in given.items():
            self.inventory.set_variable(name, variable, value)


def _dictionary(value: Any, path: str, host: str) -> Mapping[str, Any]:
    if not isinstance(value or {}, Mapping):
        raise AnsibleParserError("{0} of {1} is no dictionary".format(path, host))
    return value or {}


def _networks(words: Mapping[str, Any]) -> List[str]:
    """The networks that a container is on, in the order of the declaration."""
    named = [str(each) for each in words.get("networks") or ()]
    mode = str(words.get("network_mode") or "bridge")
    return named or (["bridge"] if mode == "bridge" else [])


def _connection(host: str, variables: Mapping[str, Any]) -> Dict[str, Any]:
    """How the host is reached, without how one becomes root there."""
    found = {
        name: value
        for name, value in variables.items()
        if name.startswith("ansible_") and not name.startswith("ansible_become")
    }
    return {"ansible_host": host, **found}


def _become_exe(variables: Mapping[str, Any]) -> str:
    becomes = variables.get("ansible_become") in _TRUE
    return "sudo -n ip" if becomes and variables.get("ansible_user") != "root" else "ip"
