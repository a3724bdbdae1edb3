# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a host is read again after a run's actions."""

from __future__ import annotations

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.touched import what_is_touched
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action, Operation, operation
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.veth import Veth

DESIRED = Desired(
    "default", links=(Veth("vethaa", "web", "eth0", "alias of web"), Veth("vethbb", "db", "eth0", "alias of db"))
)


def action(*steps: Operation) -> Action:
    return Action("do something", "subject", steps, ())


def test_a_change_of_a_host_end_reads_its_container_again() -> None:
    touched = what_is_touched(
        DESIRED, [action(operation("link.set", netns=None, ifname="vethaa", attributes={"mtu": 1400}))]
    )
    assert touched.containers == {"web"}
    assert touched.links == {"vethaa"}


def test_a_change_inside_a_namespace_reads_that_container_and_no_other() -> None:
    touched = what_is_touched(DESIRED, [action(operation("address.add", netns="db", ifname="eth0", cidr="10.0.0.2/8"))])
    assert (touched.containers, touched.links, touched.rules) == ({"db"}, frozenset(), False)


def test_what_was_taken_away_is_looked_for() -> None:
    touched = what_is_touched(
        DESIRED,
        [
            action(operation("links.delete", ifnames=["vethcc", "vethdd"], group=7)),
            action(operation("netns.retire", name="old")),
            action(operation("link.rename", netns=None, ifname="odd", new="vethaa")),
            action(operation("file.remove", path="/etc/netns/old/hosts")),
        ],
    )
    assert touched.gone_links == {"vethcc", "vethdd", "odd"}
    assert touched.gone_handles == {"old"}
    assert touched.gone_files == {"/etc/netns/old/hosts"}
    assert "web" in touched.containers


def test_a_link_deleted_inside_a_namespace_is_not_looked_for_on_the_host() -> None:
    touched = what_is_touched(DESIRED, [action(operation("link.delete", netns="web", ifname="eth0"))])
    assert touched.gone_links == frozenset()
    assert touched.containers == {"web"}


def test_packet_rules_are_read_again_only_if_they_were_loaded() -> None:
    assert what_is_touched(DESIRED, [action(operation("nft.load", script="add table inet x"))]).rules
