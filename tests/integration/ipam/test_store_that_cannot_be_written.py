# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store that cannot be written: on a full file system, on a read-only one. In a mount namespace of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system in a namespace of its own")

SCRIPT = """
import subprocess, sys
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.allocate import allocate
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import *
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import leases, open_store
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

def lease(count):
    names = ["c%d" % number for number in range(count)]
    addresses = tuple(AddressRequest("net", name, "eth0", 4) for name in names)
    with open_store(False, where="state/leases.db") as store:
        store.begin()
        allocate(store, LeaseRequests("t", (SubnetRequest("net", 4, "10.0.0.0/8"),), addresses), HostFacts())
        store.commit()

lease(1)
subprocess.run({command!r}, shell=True, check=True)
try:
    lease(20000)
except FabricError as error:
    print(error)
with open_store(True, where="state/leases.db") as store:
    print(len(leases(store)))
"""


@pytest.mark.parametrize(
    "command, message",
    [
        ("true", "its file system is full; make room and run again, nothing was changed"),
        ("mount -o remount,ro state", "it cannot be written; run as root (become)"),
    ],
    ids=["full", "read-only"],
)
def test_the_error_says_what_to_do_and_nothing_is_lost(tmp_path, command, message):
    (tmp_path / "state").mkdir()
    (tmp_path / "script.py").write_text(SCRIPT.replace("{command!r}", repr(command)))
    mounted = "mount -t tmpfs -o size=1m fabric-test state && exec {0} script.py".format(sys.executable)
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mounted],
        cwd=str(tmp_path),
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(entry for entry in sys.path if entry)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    error, leases = done.stdout.splitlines()
    assert message in error
    assert leases == "3"  # the subnet, its gateway and c0, as committed before
