# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller, or a host, that works on a store until it is done or killed. Started by the tests beside it.

store_worker.py fleet ACCESS CLIENT HOSTS SUBNET BLOCK_SIZE
    plans and holds for its hosts, as the role does, all of whom are on one network with those of the other clients:
    prints "held HOST BLOCK", "problem TEXT", "rounds NUMBER"
store_worker.py random ACCESS HOST SEED
    holds this and that, for ever: prints "want BLOCKS" before and "done BLOCKS" after, "taken" where another has one,
    "error KIND" where it failed

ACCESS is JSON: the words of ``Access``.
"""

from __future__ import annotations

import json
import os
import random
import sys
from ipaddress import ip_network

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.etcd.access import Access, EtcdError
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.etcd.store import EtcdStore
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import ANSWERS, plan_of

NETWORK = {"topology": "default", "network": "shop"}


def tell(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def access_of(text):
    words = json.loads(text)
    return Access(tuple(words.pop("endpoints")), **words)


# -- a controller, and its hosts


class Client:
    def __init__(self, access, client, hosts, subnet, size):
        config = [{"subnet": subnet, "block_size": int(size)}]
        declared = {
            "topology_networks": {"shop": {"driver": "overlay", "ipam": {"config": config}}},
            "topology_containers": {"web": {"networks": ["shop"]}},
            "topology_lease_store": {"etcd": {"endpoints": list(access.endpoints)}},
        }
        self.names = ["c{0}h{1}".format(client, number) for number in range(int(hosts))]
        self.stores = {name: EtcdStore(access) for name in self.names}
        self.variables = {name: dict(declared) for name in self.names}
        self.addresses = {name: "10.{0}.0.{1}".format(client, number + 1) for number, name in enumerate(self.names)}

    def run(self):
        """Rounds until each host holds what was planned, as in roles/topology/tasks/hold.yml."""
        rounds = 0
        while True:
            rounds += 1
            for name in self.names:
                self.variables[name][ANSWERS] = {"results": [{"identity": self.identity(name)}]}
            plan = plan_of(self.variables, self.names, self.names)
            if plan["problems"]:
                return plan["problems"], rounds
            claims = {name: plan["claims"][name]["default"] for name in self.names}
            if not [
                name for name in self.names if self.stores[name].hold("default", "id-" + name, claims[name]).conflicts
            ]:
                for name in self.names:
                    (block,) = (row["block"] for row in claims[name] if row["kind"] == "block")
                    tell("held", name, block)
                return [], rounds

    def identity(self, name):
        seen = self.stores[name].read("default")
        return {
            "version": 1,
            "topology": "default",
            "host_id": "id-" + name,
            "underlay_address": self.addresses[name],
            "underlay_mtu": 1500,
            "clashes": [],
            "vxlans": [],
            "kept": None,
            "store": {"store_id": seen.store_id, "revision": seen.revision, "rows": list(seen.rows)},
        }


# -- a host that never rests


def wander(access, host, seed):
    choose = random.Random(seed)
    every = list(ip_network("10.88.0.0/22").subnets(new_prefix=26))
    with EtcdStore(access) as store:
        while True:
            wanted = [
                dict(NETWORK, kind="block", block=str(each), host_id=host, host=host)
                for each in sorted(choose.sample(every, choose.randrange(4)))
            ]
            tell("want", *(row["block"] for row in wanted))
            try:
                held = store.hold("default", host, wanted)
                tell(*(["taken"] if held.conflicts else ["done", *(row["block"] for row in wanted)]))
            except EtcdError as error:
                tell("error", error.kind.replace(" ", "-"))


def main():
    mode, access = sys.argv[1], access_of(sys.argv[2])
    if mode == "random":
        wander(access, *sys.argv[3:5])
    problems, rounds = Client(access, *sys.argv[3:7]).run()
    for problem in problems:
        tell("problem", problem)
    tell("rounds", rounds)


if __name__ == "__main__":
    main()
