# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a few containers, and of the others by what was asked of them before. That it comes to the same for
any edit, ``tests/integration/engine/test_any_topology.py`` sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.asked import digests
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.asked_since import digests_of, with_the_others
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.drop_ins import DropIn
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.files import TextFile
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.bridge import Bridge
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.ifb import Ifb
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.veth import Veth
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.netns import Netns
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.qdisc import Limit
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import (
    Endpoint,
    LinkRule,
    NetworkPolicy,
    Publication,
    Ruleset,
)

CONTAINERS = ("web", "web1", "web.1", "web-1", "db")
SHARED = "/etc/netns/.linuxnet-fabric-default/hosts-{0}"


def desired(containers: Tuple[str, ...], mtu: int = 1500) -> Desired:
    """``mtu``: of the first container's interface."""
    addresses = {name: "172.20.0.{0}".format(10 + CONTAINERS.index(name)) for name in containers}
    front = Bridge("br-front", names.alias("default", "network front"), mtu=1500)
    return Desired(
        "default",
        links=(front, *(link for name in containers for link in _links(name, mtu if name == containers[0] else 1500))),
        namespaces=tuple(Netns(name, "default") for name in containers),
        files=tuple(file for name in containers for file in _files(name)),
        ruleset=Ruleset(
            "default",
            networks=(NetworkPolicy("front", "br-front", 4, "172.20.0.0/24", "172.20.0.1"),),
            endpoints=tuple(
                Endpoint(name, "br-front", "veth-" + name, "02:42:ac:14:00:02", (address,), "eth0")
                for name, address in addresses.items()
            ),
            publications=(
                *(Publication(4, "tcp", 8080, address, 80, "br-front") for address in addresses.values()),
                Publication(4, "tcp", 8099, "192.0.2.9", 80, "br-front"),  # of somebody elsewhere
            ),
            links=tuple(LinkRule("br-front", address, "172.20.0.99", "tcp", 5432) for address in addresses.values()),
        ),
        drop_ins=tuple(DropIn(name + ".service", name, "text of " + name) for name in containers),
        program=True,
    )


def _links(name: str, mtu: int) -> Tuple[object, ...]:
    owner = name + ":eth0"
    veth = Veth("veth-" + name, name, "eth0", names.alias("default", owner), owner, "02:42:ac:14:00:02", mtu=mtu)
    return veth, Ifb("ifb-" + name, names.alias("default", "egress " + owner), owner, Limit(1000, 2000))


def _files(name: str) -> Tuple[TextFile, ...]:
    """What two share comes where the first of them needs it."""
    shared = {"web": "a", "db": "b"}.get(name)
    own = TextFile("/etc/netns/{0}/resolv.conf".format(name), "nameserver 192.0.2.53")
    return ((TextFile(SHARED.format(shared), "127.0.0.1 localhost"),) if shared else ()) + (own,)


@pytest.mark.parametrize("changed", CONTAINERS)
def test_of_one_that_changes_and_of_the_others_as_they_were_it_comes_to_all(changed: str) -> None:
    order = (changed, *(name for name in CONTAINERS if name != changed))
    last, now = digests(desired(order)), desired(order, mtu=1400)

    found = digests_of(now, {changed})

    assert with_the_others(found, last, {changed}) == digests(now) != last
    assert not any(name.startswith("container " + other) for name in found for other in {"db"} - {changed})


def test_of_one_that_went_nothing_stays() -> None:
    last, now = digests(desired(CONTAINERS)), desired(CONTAINERS[1:])
    assert with_the_others(digests_of(now, {"web"}), last, {"web"}) == digests(now)


def test_of_one_that_came_all_is_there() -> None:
    last, now = digests(desired(CONTAINERS[:-1])), desired(CONTAINERS)
    assert with_the_others(digests_of(now, {"db"}), last, {"db"}) == digests(now)


def test_of_no_container_what_belongs_to_none_is_still_worked_out() -> None:
    before = desired(CONTAINERS)
    now = replace(before, program=None, name_server="server:")
    assert with_the_others(digests_of(now, frozenset()), digests(before), frozenset()) == digests(now)
