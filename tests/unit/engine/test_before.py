# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reading put back to what an interrupted run had found."""

from __future__ import annotations

import json

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.before import image, restored
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.marks import HandleMark
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link, RouteEntry
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import NamespaceState

FOREIGN = Link(3, "up0", kind="veth", peer=2)
ETH0 = {"index": 2, "ifname": "eth0", "kind": "veth", "peer": 7, "alias": "linuxnet.fabric/default one:eth0"}
VETH = {"index": 7, "ifname": "vethaa", "kind": "veth", "peer": 2}


def netns_image(links):
    state = {"links": links, "addresses": [], "routes": [], "sysctls": {}}
    return {"handle": [5], "mark": {"topology": "default", "inode": 5, "attach": None}, "state": state}


def link_image(link, inner):
    return {"link": link, "addresses": [], "sysctls": {}, "inner": inner}


def observed(inner_ends):
    links = {"up0": FOREIGN}
    there = {"one": NamespaceState({"far0": Link(2, "far0", kind="veth", peer=3)})}
    return Observed(links, {3: FOREIGN}, {}, {}, {"one": 9}, {}, there, 1, inner_ends=inner_ends)


def test_an_interface_of_the_host_does_not_get_another_namespaces_end_for_having_the_index_of_the_one_that_is_there():
    reading = observed({3: ("one", Link(2, "far0", kind="veth", peer=3))})
    assert restored(reading, {"netns one": netns_image([ETH0])}).inner_ends == {}


def test_a_pair_that_was_removed_has_both_its_ends_again():
    before = {"netns one": netns_image([ETH0]), "link vethaa": link_image(VETH, ["one", 2])}
    netns, inner = restored(observed({}), before).inner_ends[7]
    assert (netns, inner.ifname) == ("one", "eth0")


def test_a_multipath_route_of_a_removed_namespace_is_the_one_that_was_there():
    route = RouteEntry("0.0.0.0/0", next_hops=(2, 3))
    state = NamespaceState(routes=(route,))
    marks = {"one": HandleMark("default", 5)}
    there = Observed({}, {}, {}, {}, {"one": 5}, marks, {"one": state}, 1)
    kept = json.loads(json.dumps(dict(image([["netns one"]], there, {}))))

    gone = Observed({}, {}, {}, {}, {}, {}, {}, 1)
    assert restored(gone, kept).namespaces["one"].routes == (route,)
