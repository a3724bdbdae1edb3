# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One process that leases addresses by hand and tells of each after its commit. Started by the tests beside it.

lease_worker.py STORE NAME COUNT PER_TRANSACTION    prints "owner address" lines
lease_worker.py STORE --fork CHILDREN               children one after another, each to be killed by the parent:
                                                    prints "child PID", lines "owner address .", "dead PID"
"""

from __future__ import annotations

import os
import sys

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.allocate import allocate
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import (
    AddressRequest,
    HostFacts,
    LeaseRequests,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import open_store


def lease(path, name, count, at_once):
    """Yields (owner, address), once it is durable."""
    with open_store(False, where=path) as store:
        for start in range(0, count, at_once):
            owners = ["{0}-{1}".format(name, number) for number in range(start, start + at_once)]
            requests = tuple(AddressRequest("net", owner, "eth0", 4) for owner in owners)
            store.begin()
            allocation = allocate(store, LeaseRequests("t", addresses=requests), HostFacts(), release_others=False)
            store.commit()
            for owner in owners:
                yield owner, allocation.addresses["net", owner, 4]


def write(text):
    os.write(1, (text + "\n").encode())


def main():
    path, name = sys.argv[1:3]
    if name != "--fork":
        for owner, address in lease(path, name, int(sys.argv[3]), int(sys.argv[4])):
            write("{0} {1}".format(owner, address))
        return
    for number in range(int(sys.argv[3])):
        child = os.fork()
        if child == 0:
            write("child {0}".format(os.getpid()))
            for owner, address in lease(path, "k{0}".format(number + 1), 10**6, 3):
                write("{0} {1} .".format(owner, address))
        os.waitpid(child, 0)
        write("dead {0}".format(child))


if __name__ == "__main__":
    main()
