# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task reads before it does anything: every file that is imported is compiled anew by each task on a target."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import List

import pytest

_ROOMS = "ansible_collections.linuxnet.fabric.plugins.module_utils."
_TELL = "import json, sys, {0}{1}; print(json.dumps([name for name in sys.modules]))"
#: What only few runs need: of the standard library, what reads archives and XML, compares texts, counts in fractions.
_SELDOM = ("zipfile", "xml.etree.ElementTree", "difflib", "fractions", "pyroute2", "netaddr")


def imported(room: str) -> List[str]:
    command = [sys.executable, "-c", _TELL.format(_ROOMS, room)]
    surroundings = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=surroundings)
    names: List[str] = json.loads(done.stdout)
    return [name[len(_ROOMS) :] if name.startswith(_ROOMS) else name for name in names]


@pytest.mark.parametrize("room", ["_module.small", "_module.lease", "_module.topology"])
def test_what_is_seldom_needed_is_imported_when_it_is(room: str) -> None:
    assert [name for name in imported(room) if name in _SELDOM] == []


def test_a_module_of_one_object_does_without_the_text_of_packet_rules_and_other_firewalls() -> None:
    found = imported("_module.small")
    assert [name for name in found if name.startswith(("_resources.firewalls", "_resources.ruleset.text"))] == []


#: What stands on tunnels, on other hosts or on a LAN, of which a host with bridges and pairs has nothing.
_OF_FEW_HOSTS = (
    "_expansion.drivers.ipvlan _expansion.drivers.macvlan _expansion.drivers.overlay _expansion.encryption "
    "_fleet.exchange _fleet.members _ipam.etcd _ipam.fleet_store _kernel.openvpn _kernel.wireguard _kernel.x509 "
    "_resources.links.macvlan _resources.links.tun _resources.links.vxlan"
).split()


def test_a_host_with_bridges_and_pairs_needs_nothing_of_the_other_networks() -> None:
    found = imported("_module.topology")
    assert [name for name in found if name in _OF_FEW_HOSTS] == []
