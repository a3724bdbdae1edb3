# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside what looks after a machine's links by itself: udev, systemd-networkd and NetworkManager of Debian 13."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Tuple

import pytest

from tests.lab.booted import BootedLab, missing
from tests.matrix import releases, roots
from tests.matrix.sources import Unavailable

TOPOLOGY: Dict[str, Any] = {
    "networks": {"front": {"enable_ipv6": True}, "back": {"internal": True}},
    "containers": {"web": {"networks": ["front", "back"], "ports": ["8080:80"]}, "db": {"networks": ["back"]}},
}


@pytest.fixture(scope="module")
def lab() -> Iterator[BootedLab]:
    """A host of Debian 13 with all three running before anything of ours is there, and our topology on it."""
    if missing():
        pytest.skip("a lab host that boots needs " + missing())
    try:
        root = roots.unpacked(releases.ROOT_13_MACHINE)
    except Unavailable as lack:
        pytest.skip(str(lack))
    with BootedLab(root=str(root), writable=True) as made:
        made.host.run(["systemctl", "start", "systemd-udevd", "systemd-networkd", "NetworkManager"])
        made.host.module("topology", TOPOLOGY)
        settled(made)
        yield made


def settled(lab: BootedLab) -> None:
    """udev has dealt with all that it was told of."""
    lab.host.run(["udevadm", "settle"])


def links(lab: BootedLab) -> Dict[str, Tuple[Any, ...]]:
    """Name → MAC, mtu, bridge and addresses of everything of ours on the host."""
    found = [link for link in lab.host.json(["ip", "-j", "addr"]) if link["ifname"].startswith(("br-", "veth"))]
    addresses = {
        link["ifname"]: sorted(each["local"] for each in link["addr_info"] if each["scope"] == "global")
        for link in found
    }
    return {
        link["ifname"]: (link["address"], link["mtu"], link.get("master"), addresses[link["ifname"]]) for link in found
    }


def drift(lab: BootedLab) -> Any:
    return lab.host.module("topology", TOPOLOGY, check=True)["actions"]


def published_port_answers(lab: BootedLab) -> bool:
    web = lab.host.container("web")
    web.serve("tcp", 80)
    try:
        return lab.client.ask("tcp", lab.host.ipv4, 8080) is not None
    finally:
        web.stop()


def test_udev_gives_a_bridge_of_somebody_elses_another_mac_and_ours_keep_theirs(lab: BootedLab) -> None:
    lab.host.run(["ip", "link", "add", "other", "type", "bridge"])
    settled(lab)
    # net/core: NET_ADDR_SET, which udev's MACAddressPolicy=persistent leaves behind. So it is at work here.
    assert lab.host.run(["cat", "/sys/class/net/other/addr_assign_type"]).stdout.strip() == "3"
    assert links(lab)["br-front"][0].startswith("02:42:")
    assert drift(lab) == []


def test_networkd_and_networkmanager_do_not_take_our_links_over(lab: BootedLab) -> None:
    managed = {
        each["Name"]: each["AdministrativeState"]
        for each in lab.host.json(["networkctl", "--json=short"])["Interfaces"]
    }
    ours = set(links(lab))
    assert {managed[ifname] for ifname in ours} == {"unmanaged"}
    told = lab.host.run(["nmcli", "--terse", "--fields", "DEVICE,STATE", "device"]).stdout.splitlines()
    states = {line.split(":", 1)[1] for line in told if line.split(":")[0] in ours}
    assert states <= {"unmanaged", "connected (externally)"}


@pytest.mark.parametrize("program", ["systemd-udevd", "systemd-networkd", "NetworkManager"])
def test_a_restart_of_theirs_changes_nothing_of_ours(lab: BootedLab, program: str) -> None:
    before = links(lab)
    lab.host.run(["systemctl", "restart", program])
    lab.host.run(["udevadm", "trigger", "--subsystem-match=net"])
    settled(lab)
    assert links(lab) == before
    assert drift(lab) == []
    assert published_port_answers(lab)


def test_what_networkmanager_takes_when_it_is_told_to_turn_networking_off_is_named_and_brought_back(
    lab: BootedLab,
) -> None:
    before = links(lab)
    lab.host.run(["nmcli", "networking", "off"])
    lab.host.run(["nmcli", "networking", "on"])
    named = drift(lab)
    assert named and all(line.startswith("add ") for line in named), named
    lab.host.module("topology", TOPOLOGY)
    assert links(lab) == before


def test_bridges_that_networkmanager_is_told_to_leave_alone_keep_their_addresses_even_then(lab: BootedLab) -> None:
    lab.host.write("/etc/NetworkManager/conf.d/fabric.conf", "[keyfile]\nunmanaged-devices=interface-name:br-*\n")
    lab.host.run(["nmcli", "general", "reload"])
    before = links(lab)
    lab.host.run(["nmcli", "networking", "off"])
    lab.host.run(["nmcli", "networking", "on"])
    assert links(lab) == before
    assert drift(lab) == []
