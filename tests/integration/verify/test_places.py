# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where broken promises end, and that nothing stays of looking for it. All faults of the list: tests/long/verify."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import closing
from typing import List

import pytest

pytest.importorskip("hypothesis")

import placing
from broken_networks import FAULTS

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import nft
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.host import Host
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import TRACE_TABLE
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe.model import Probe
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe.prober import probe_all
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.tracing.tables import Followed, Marking
from tests.lab.waiting import wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces of its own")
PROBE = Probe("near", "web", "172.20.0.10", "icmp", token=b"a token!")
#: Of each kind one, none of which hides another.
AT_ONCE = ("forward drop", "no default route of IPv6", "a wrong neighbour of IPv6", "echo requests are ignored")


def tables() -> List[str]:
    """Those of the host and of the containers that are followed."""
    own = ["nft", "list", "tables"]
    commands = [own, *(["ip", "netns", "exec", name, *own] for name in ("near", "web"))]
    listed = [subprocess.run(each, check=True, capture_output=True, text=True).stdout for each in commands]
    return [line for each in listed for line in each.splitlines() if TRACE_TABLE in line]


def hooks_passed() -> List[str]:
    with Host() as host, closing(Followed(host, dict.fromkeys((None, "near", "web"), Marking((PROBE,))))) as following:
        assert len(tables()) == 4
        probe_all(host, [PROBE])
        steps = following.steps()
    return sorted({"{0} {1}".format(each.netns, each.chain) for each in steps if each.table == TRACE_TABLE})


def hooks_passed_without_a_prompt() -> List[str]:
    nft.prompt = lambda: subprocess.Popen(  # type: ignore[assignment]
        ["false"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    found = hooks_passed()
    wait_for(lambda: not tables(), what="the end of the tables")
    return found


def test_broken_promises_are_named_with_their_places(host):
    faults = [fault for fault in FAULTS if fault.name in AT_ONCE]
    broken = host.run(placing.broken_by_all, faults)
    assert {fault.name: placing.wrong_about(fault, broken) for fault in faults} == dict.fromkeys(AT_ONCE, "")
    assert host.run(tables) == []


@pytest.mark.parametrize("following", [hooks_passed, hooks_passed_without_a_prompt])
def test_a_packet_is_seen_at_each_hook_and_no_table_stays(host, following):
    passed = host.run(following)
    assert {"near output_last", "None prerouting_first", "web input_last", "near input_last"} <= set(passed)
    assert host.run(tables) == []


def killed_while_it_follows() -> None:
    child = os.fork()
    if child == 0:
        with Host() as host, closing(Followed(host, dict.fromkeys((None, "near", "web"), Marking((PROBE,))))):
            signal.pause()
        os._exit(1)
    wait_for(lambda: len(tables()) == 4, what="the tables")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    wait_for(lambda: not tables(), what="the end of the tables")


def test_no_table_stays_of_one_that_is_killed(host):
    host.run(killed_while_it_follows)
