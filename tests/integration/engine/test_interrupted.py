# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A check after a run that was killed says what the next apply does, which first takes that run back or finishes it."""

from __future__ import annotations

import functools
import os
import subprocess
from typing import Any, Callable, Dict, List, Optional, Tuple

import pytest
from faults import before_each_write, kill_at, nothing
from labhost import LabHost, in_child
from scenarios import DEMO, EDITED, LAN, LAN_EDITED, NOTHING, NOWHERE, Declaration, run, settle
from watching import quiet_writes_during
from world import difference, store_bytes, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.small import perform_bridge

OTHER: Declaration = {
    "networks": {"front": {"enable_ipv6": True}, "yard": {}},
    "containers": {
        "web": {"networks": ["yard"], "ports": ["8443:443"]},
        "batch": {"networks": ["front"]},
        "db": {"network_mode": "host"},
        "goat": {"networks": ["front", "yard"], "hostname": "kid"},
    },
}

#: What the module ``bridge`` is given, with the defaults of its other options.
BY_HAND: Dict[str, Any] = {
    "name": "br-hand",
    "topology_name": "by_hand",
    "state": "present",
    "addresses": ["10.9.0.1/24"],
    "mtu": 1400,
    "mac": None,
    "stp": False,
    "ageing_time": 300,
    "forward_delay": 0,
    "multicast_snooping": True,
    "up": True,
}
#: What somebody had done before the run that is killed.
_DRIFT = """
ip link set br-front mtu 1400
ip link set br-back alias ""
ip -n web address add 192.0.2.1/32 dev eth0
ip -n db link set eth0 mtu 1300
ip link delete br-closed
ip netns delete batch
ip link delete $(ip -br link show type ifb | sed '1!d; s/[@ ].*//')
for pair in $(tc qdisc show | grep -o 'tbf fab: dev veth[0-9a-f]*' | sed 's/.* //'); do
    tc qdisc change dev $pair root handle fab: tbf rate 1mbit burst 64kb limit 90kb
done
nft flush table inet fabric-default
echo stray > /etc/netns/db/hosts
"""

_LAN_DRIFT = """
ip -n one link delete eth0
ip -n two link set eth0 type macvlan mode private
ip -n two address add 192.0.2.1/32 dev eth0
ip -n both link set eth1 alias ""
for link in $(ip -br link | sed -n 's/^\\(lan-[^@ ]*\\).*/\\1/p'); do ip address flush dev $link; done
"""

#: A container that had a namespace of its own shares another one's, whose interfaces have the same names; and back.
APART: Declaration = {
    "networks": {"front": {}, "back": {"enable_ipv6": True}},
    "containers": {
        "web": {"networks": ["front", "back"], "ports": ["8080:80"], "routes": [NOWHERE]},
        "db": {"networks": ["back"], "hostname": "database"},
        "side": {"network_mode": "container:db"},
        "batch": {"network_mode": "none", "sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"}},
    },
}
TOGETHER: Declaration = {
    "networks": APART["networks"],
    "containers": {
        "web": {"network_mode": "container:db"},
        "db": {"networks": ["front"], "sysctls": {"net.ipv4.conf.eth0.log_martians": "1"}},
        "side": {"networks": ["back"]},
        "batch": {"network_mode": "container:side"},
    },
}

#: (what was applied, what somebody did then, what the run that is killed was to apply, what is declared after it).
SCENARIOS: Dict[str, Tuple[Any, ...]] = {
    "a build, then the same": (NOTHING, "", DEMO, DEMO),
    "a build, then another": (NOTHING, "", DEMO, OTHER),
    "a build, then a removal": (NOTHING, "", DEMO, NOTHING),
    "an edit, then the same": (DEMO, "", EDITED, EDITED),
    "an edit, then another": (DEMO, "", EDITED, OTHER),
    "an edit, then back": (DEMO, "", EDITED, DEMO),
    "a removal, then the same": (DEMO, "", NOTHING, NOTHING),
    "a removal, then another": (DEMO, "", NOTHING, OTHER),
    "a repair, then the same": (DEMO, _DRIFT, DEMO, DEMO),
    "a repair, then another": (DEMO, _DRIFT, DEMO, OTHER),
    "a move into another's namespace, then the same": (APART, "", TOGETHER, TOGETHER),
    "a move into another's namespace, then back": (APART, "", TOGETHER, APART),
    "a move into another's namespace, then another": (APART, "", TOGETHER, OTHER),
    "a move out of another's namespace, then the same": (TOGETHER, "", APART, APART),
    "a move out of another's namespace, then back": (TOGETHER, "", APART, TOGETHER),
    "a build on a LAN, then the same": (NOTHING, "", LAN, LAN),
    "a build on a LAN, then a removal": (NOTHING, "", LAN, NOTHING),
    "an edit on a LAN, then the same": (LAN, "", LAN_EDITED, LAN_EDITED),
    "an edit on a LAN, then back": (LAN, "", LAN_EDITED, LAN),
    "a removal on a LAN, then the same": (LAN, "", NOTHING, NOTHING),
    "a repair on a LAN, then the same": (LAN, _LAN_DRIFT, LAN, LAN),
}
#: At how many places each run is killed.
PLACES = int(os.environ.get("FABRIC_PLACES", "5"))


@pytest.mark.parametrize("job", SCENARIOS)
def test_a_check_after_a_kill_announces_what_the_apply_does(outcome: Callable[[str], Any], job: str) -> None:
    problems = outcome(job)
    assert not problems, "{0} problems:\n{1}".format(len(problems), "\n".join(problems))


@pytest.mark.parametrize("order", ["by hand, then by hand", "a topology, then by hand", "by hand, then a topology"])
def test_the_modules_by_hand_foresee_it_too(fresh_host: LabHost, order: str) -> None:
    assert fresh_host.run(_by_hand, order) == []


def _by_hand(order: str) -> List[str]:
    first, then = order.split(", then ")
    runs: Dict[str, Callable[[bool], Tuple[str, ...]]] = {
        "by hand": lambda check: perform_bridge(BY_HAND, check).actions,
        "a topology": lambda check: run(DEMO, check=check).actions,
    }
    problems: List[str] = []
    for number in (4, 5, 6, 7, 8):
        in_child(functools.partial(_killed_by_hand, functools.partial(runs[first], False), number))
        checked, done, again = runs[then](True), runs[then](False), runs[then](False)
        if checked != done or again or "the interrupted run of topology" not in done[0]:
            problems.append("{0}: announced {1}, did {2}, then {3}".format(number, checked, done, again))
        run(NOTHING)
        perform_bridge(dict(BY_HAND, state="absent"), False)
    return problems


def _killed_by_hand(function: Callable[[], Any], number: int) -> None:
    with before_each_write(kill_at(number)):
        function()


def _walk(
    before: Optional[Declaration], drift: str, interrupted: Optional[Declaration], after: Optional[Declaration]
) -> List[str]:
    _start(before, drift)
    with before_each_write(nothing) as writes:
        run(interrupted)
    total = len(writes)
    problems: List[str] = []
    places = sorted({1 + round(place * (total - 1) / (PLACES - 1)) for place in range(PLACES)})
    for number in places:
        _start(before, drift)
        status = in_child(functools.partial(_killed, interrupted, number))
        if status != -9:
            problems.append("{0}: the run was not killed: {1}".format(number, status))
            continue
        problems.extend(
            "{0} of {1}: {2}".format(number, total, text) for text in _check_then_apply(after, number == places[-2])
        )
    run(NOTHING)
    return problems


def _check_then_apply(declared: Optional[Declaration], watched: bool) -> List[str]:
    """``watched``: by the kernel's monitors, too, which takes longer than all the rest."""
    found, bytes_found, written = world(), store_bytes(), []
    if watched:
        checked, written = quiet_writes_during(lambda: _told(declared, check=True))
    else:
        checked = _told(declared, check=True)
    problems = ["the check wrote {0}".format(written)] if written else []
    touched = difference({**found, **bytes_found}, {**world(), **store_bytes()})
    if touched:
        problems.append("the check touched {0}".format(touched))
    done = _told(declared, check=False)
    if checked != done:
        missing, more = [x for x in done if x not in checked], [x for x in checked if x not in done]
        problems.append("announced {0} too many, {1} too few, of {2}".format(more, missing, done))
    again = _told(declared, check=False)
    if again:
        problems.append("the second run still did {0}".format(again))
    return problems


def _told(declared: Optional[Declaration], check: bool) -> Tuple[str, ...]:
    try:
        return run(declared, check=check).actions
    except FabricError as error:
        return (str(error),)


def _killed(declared: Optional[Declaration], number: int) -> None:
    with before_each_write(kill_at(number)):
        run(declared)


def _start(before: Optional[Declaration], drift: str) -> None:
    settle(before)
    subprocess.run(["sh", "-ec", drift], check=True)


JOBS = {name: (_walk, *scenario) for name, scenario in SCENARIOS.items()}
