# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tracked connections end when published ports change: a table."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.conntrack import StaleFlow
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import Publication
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.stale import closed_flows, stale_flows

WEB, APP = "172.20.0.10", "172.21.0.10"
HOST, OTHER = "192.0.2.1", "192.0.2.2"


def port(target, host_ip=None, protocol="tcp", published=80):
    return Publication(4, protocol, published, target, 8080, "br-x", host_ip)


def flow(target, host_ip=None, except_ips=(), protocol="tcp"):
    return StaleFlow(4, protocol, 80, target, 8080 if target else 0, host_ip, except_ips)


#: What happens → published before, published after, what ends.
CASES = {
    "nothing": ([port(WEB)], [port(WEB)], []),
    "comes": ([], [port(WEB)], []),
    "comes, udp": ([], [port(WEB, protocol="udp")], [flow("", protocol="udp")]),
    "goes": ([port(WEB)], [], [flow(WEB)]),
    "moves": ([port(WEB)], [port(APP)], [flow(WEB)]),
    "from every address to one": ([port(WEB)], [port(WEB, HOST)], [flow(WEB, None, (HOST,))]),
    "from one address to every": ([port(WEB, HOST)], [port(WEB)], []),
    "from one address to every, udp": (
        [port(WEB, HOST, "udp")],
        [port(WEB, None, "udp")],
        [flow("", None, (HOST,), "udp")],
    ),
    "from one address to another": ([port(WEB, HOST)], [port(WEB, OTHER)], [flow(WEB, HOST)]),
    "one address gets another target": ([port(WEB)], [port(WEB), port(APP, HOST)], [flow(WEB, HOST)]),
    "one address loses its own target": ([port(WEB), port(APP, HOST)], [port(WEB)], [flow(APP, HOST)]),
    "the others go, one address stays": ([port(WEB), port(APP, HOST)], [port(APP, HOST)], [flow(WEB, None, (HOST,))]),
    "the other protocol": ([port(WEB)], [port(WEB), port(WEB, protocol="sctp")], []),
}


@pytest.mark.parametrize("case", CASES)
def test_ends_what_leads_elsewhere_now_and_nothing_else(case):
    before, after, ends = CASES[case]
    assert list(stale_flows(before, after)) == ends


def test_what_was_reachable_directly_ends_when_nothing_opens_it_any_more():
    direct = Publication(4, "tcp", 80, WEB, 80, "br-x")
    assert list(closed_flows([direct], [direct])) == []
    assert list(closed_flows([direct], [])) == [StaleFlow(4, "tcp", 80, WEB, 80, WEB)]
