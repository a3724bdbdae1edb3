# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way back leaves the host as it was before the run, not as it had been declared: what drifted has drifted again."""

from __future__ import annotations

import subprocess
from typing import Any, Callable, Dict, Optional, Tuple
from unittest import mock

import pytest
from scenarios import DEMO, EDITED, LAN, LAN_EDITED, NOTHING, Declaration, run
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.observation import Planner
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import veth_ifname

WEB = veth_ifname("default", "web", "eth0")
_CONF = "nsenter --net=/run/netns/{0} sh -c 'echo {2} > /proc/sys/net/{1}'"

#: What somebody did to the demo's host before the run that fails.
DRIFT: Dict[str, str] = {
    "settings of an inner interface": "\n".join(
        _CONF.format(*words)
        for words in (
            ("web", "ipv4/conf/eth0/proxy_arp", 1),
            ("web", "ipv4/conf/eth0/log_martians", 0),
            ("web", "ipv4/conf/eth0/arp_ignore", 2),
            ("web", "ipv6/conf/eth1/accept_ra", 0),
            ("db", "ipv6/conf/eth0/dad_transmits", 5),
            ("mover", "ipv6/conf/eth0/disable_ipv6", 0),
        )
    ),
    "addresses and routes inside": "; ".join(
        (
            "ip -n web address add 192.0.2.7/32 dev eth0",
            "ip -n db -6 route delete default; ip -n db -6 address flush dev eth0 scope global",
            "ip -n web route add 198.51.100.64/26 dev eth0 metric 77",
            "ip -n mover route delete default",
        )
    ),
    "an interface down inside": "ip -n web link set eth0 down",
    "an interface down outside": "ip link set {0} down".format(WEB),
    "another mtu on one end": "ip link set {0} mtu 1333; ip -n mover link set eth0 mtu 1200".format(WEB),
    "an mtu without IPv6": "ip link set br-front mtu 1200; ip -n web link set eth1 mtu 1200; "
    "ip link set {0} mtu 1200; ip link set {1} mtu 1200".format(WEB, veth_ifname("default", "db", "eth0")),
    "aliases": "ip link set {0} alias ''; ip -n mover link set eth0 alias stray; ip link set br-back alias ''".format(
        WEB
    ),
    "altnames": "ip link property add dev br-front altname mine; ip link property del dev br-back altname "
    "fabric,default,network,back",
    "flags of a port": "bridge link set dev {0} learning off isolated on hairpin off flood off".format(WEB),
    "ports of somebody else's": "\n".join(
        "ip link add {0} type veth peer name x{0}; ip link set {0} up master br-{1} mtu 1400; "
        "bridge link set dev {0} {2}; ip link set br-{1} mtu 1400".format(*words)
        for words in (("mine0", "front", "isolated on"), ("mine1", "closed", "learning off hairpin on mcast_flood off"))
    ),
    "an end that somebody moved away": "ip -n web link set eth0 name stray0; ip -n web link set stray0 netns batch; "
    "bridge link set dev {0} learning off".format(WEB),
    "links of ours that nobody declares any more": "ip link add stray0 type vxlan id 7 dstport 4789 local 198.51.100.2"
    " dev up0; ip link set stray0 up alias 'linuxnet.fabric/default stray'; "
    "ip address add 192.0.2.9/24 brd + dev stray0; "
    "ip -n web link add stray1 type ifb; ip -n web link set stray1 up alias 'linuxnet.fabric/default stray'; "
    "ip -n web address add 192.0.2.10/24 dev stray1; ip -n web route add 198.51.100.128/25 dev stray1",
    "options of a bridge": "ip link set br-front type bridge ageing_time 900; ip link set br-back down",
}
#: Of what the run takes away whatever drifted.
RUNS: Dict[str, Optional[Declaration]] = {
    "repair": DEMO,
    "edit": EDITED,
    "removal": NOTHING,
    "mtu without IPv6": dict(DEMO, networks=dict(DEMO["networks"], front={"mtu": 1200})),
}


@pytest.mark.parametrize("job", ["{0}: {1}".format(name, drift) for drift in DRIFT for name in RUNS])
def test_a_run_that_fails_at_its_end_leaves_the_host_as_it_was(outcome: Callable[[str], Any], job: str) -> None:
    message, odd, cleaned = outcome(job)
    assert "What the run had done was undone" in message
    assert odd == {}
    assert cleaned == ()


def _fail(
    drift: str, declared: Optional[Declaration], start: Declaration = DEMO
) -> Tuple[str, Dict[str, Any], Tuple[str, ...]]:
    run(start)
    subprocess.run(["sh", "-ec", drift], check=True)
    before = world()
    message = "no failure"
    with mock.patch.object(Planner, "left_after", return_value=("the test wants it back",)):
        try:
            run(declared)
        except FabricError as error:
            message = str(error)
    odd = difference(before, world())
    run(NOTHING)
    return message, odd, run(NOTHING).actions


#: The same of links that stand on the uplink, and have no end on the host.
LAN_DRIFT: Dict[str, str] = {
    "nothing": "",
    "settings": "\n".join(
        _CONF.format(*words)
        for words in (
            ("one", "ipv4/conf/eth0/proxy_arp", 1),
            ("one", "ipv4/conf/eth0/log_martians", 0),
            ("two", "ipv4/conf/eth0/log_martians", 1),
        )
    ),
    "addresses and routes": "ip -n one address add 192.0.2.7/32 dev eth0; ip -n one route delete default; "
    "ip -n two route add 192.0.2.64/26 dev eth0 metric 77",
    "modes and marks": "ip -n one link set eth0 type macvlan mode vepa; ip -n two link set eth0 alias ''; "
    "ip -n both link property del dev eth1 altname fabric,default,network,lan",
    "down, and another mtu": "ip -n one link set eth0 down; ip -n two link set eth0 mtu 1280",
    "renamed": "ip -n one link set eth0 down; ip -n one link set eth0 name stray0; ip -n one link set stray0 up",
    "gone, and another MAC": "ip -n one link delete eth0; ip -n two link set eth0 address 02:00:00:00:00:77",
    "another parent": "ip -n one link delete eth0; ip link add stray0 type ifb; ip link set stray0 up; "
    "ip link add eth0 link stray0 netns one type macvlan mode bridge; "
    "ip -n one link set eth0 up alias 'linuxnet.fabric/default one:eth0'",
}
LAN_RUNS: Dict[str, Optional[Declaration]] = {
    "repair on a LAN": LAN,
    "edit on a LAN": LAN_EDITED,
    "passthru on a LAN": {
        "networks": {"lan": {**LAN["networks"]["lan"], "macvlan_mode": "passthru", "host_access": False}},
        "containers": {"one": {"networks": ["lan"]}},
    },
    "removal on a LAN": NOTHING,
}
LAN_JOBS = {
    "{0}: {1}".format(name, drift): (_fail, LAN_DRIFT[drift], LAN_RUNS[name], LAN)
    for drift in LAN_DRIFT
    for name in LAN_RUNS
    if (drift, name) != ("nothing", "repair on a LAN")
}


@pytest.mark.parametrize("job", LAN_JOBS)
def test_so_it_does_on_a_lan(outcome: Callable[[str], Any], job: str) -> None:
    message, odd, cleaned = outcome(job)
    assert "What the run had done was undone" in message
    assert odd == {}
    assert cleaned == ()


JOBS = {"{0}: {1}".format(name, drift): (_fail, DRIFT[drift], RUNS[name]) for drift in DRIFT for name in RUNS}
JOBS.update(LAN_JOBS)
