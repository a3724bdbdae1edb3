# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices of OpenVPN that are declared, and what there is of them: what a run says and does. Lines name a host, never a
certificate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Optional, Sequence

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.encryption import openvpn_units, tunnel_links
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.join import join
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.openvpn import State
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.openvpn_files import prefixes
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.openvpn import Openvpn, compare
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.registry import remove
from tests.unit.resources.tunnels import lines, observed

LISTENER = names.openvpn_ifname("default")
DIRECTORY = "/var/lib/linuxnet-fabric/openvpn/"
HOSTS = ("node1", "node2", "node3")


def _fingerprint(host: str) -> str:
    return ":".join([host[-1] * 2] * 32)


def _peer(host: str) -> Dict[str, Any]:
    number = int(host[-1])
    tunnel = {"kind": "openvpn", "public_key": _fingerprint(host), "port": 1194, "searched_from": 1194}
    return {
        "host_id": "id-of-" + host,
        "generation": 1,
        "underlay_address": "192.0.2.1{0}".format(number),
        "underlay_mtu": 1500,
        "mac": "06:00:00:00:00:0{0}".format(number),
        "blocks": ["10.88.{0}.0/24".format(number)],
        "gateways": ["10.88.{0}.1".format(number)],
        "containers": {
            "web" + str(number): {
                "addresses": ["10.88.{0}.2".format(number)],
                "mac": "02:42:0a:58:0{0}:02".format(number),
                "names": [],
                "open_ports": [],
                "links": [],
            }
        },
        "tunnel": {**tunnel, "address": "fd69::{0}".format(number)},
    }


def _with_ends(peer: Dict[str, Any], ends: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    first, *further = [{**peer["tunnel"], **end} for end in ends] or [peer["tunnel"]]
    return {**peer, "tunnel": first, "further": further}


def _declared(host: str, hub: str = "") -> List[Openvpn]:
    """The devices of one of three hosts."""
    return [link for link in tunnel_links(_topology(host, hub), True) if isinstance(link, Openvpn)]


def _topology(host: str, hub: str = "", ends: Sequence[Dict[str, Any]] = (), ways: Any = None) -> Any:
    """``ends``: what each host has, where it has several; first the one that it is known by."""
    shop = {"shop": {"driver": "overlay", "encrypted": True, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}}
    containers: Dict[str, Any] = {"web" + host[-1]: {"networks": ["shop"]}}
    membership = {
        "topology": "default",
        "mode": "routed",
        "vni": 1,
        "port": 4789,
        "mtu": 1448,
        "subnets": ["10.88.0.0/16"],
        "own": _with_ends(_peer(host), ends),
        "peers": {each: _with_ends(_peer(each), ends) for each in HOSTS if each != host},
        "ways": ways or {},
        "encryption": "openvpn",
        "hub": hub,
    }
    told = {"version": 1, "topology": "default", "host": host, "host_id": "id-of-" + host, "generation": 1, "left": {}}
    return join(parse_declaration("default", shop, containers, None, None), {**told, "networks": {"shop": membership}})


def _shape(host: str, hub: str = "") -> Dict[str, List[str]]:
    """Whom it calls ("" for those that call it) → whom it reaches there."""
    return {link.server: [peer.host for peer in link.peers] for link in _declared(host, hub)}


def test_of_two_hosts_the_one_with_the_lower_id_listens_and_the_other_one_calls_it() -> None:
    assert _shape("node1") == {"": ["node2", "node3"]}
    assert _shape("node2") == {"": ["node3"], "node1": ["node1"]}
    assert _shape("node3") == {"node1": ["node1"], "node2": ["node2"]}


def test_a_hub_listens_and_all_others_reach_everybody_by_way_of_it() -> None:
    assert _shape("node1", hub="node2") == {"node2": ["node2", "node3"]}
    assert _shape("node2", hub="node2") == {"": ["node1", "node3"]}
    (hub,), (spoke,) = _declared("node2", "node2"), _declared("node3", "node2")
    assert "\nclient-to-client\n" in hub.config
    assert "client-to-client" not in _declared("node1")[0].config
    assert spoke.routes == (("10.88.1.0/24", "10.88.3.1"), ("10.88.2.0/24", "10.88.3.1"))


def test_a_listener_knows_each_host_by_its_certificate_and_takes_its_own_blocks_alone_from_it() -> None:
    (link,) = _declared("node1")

    clients = {peer.host: dict(link.files)[peer.client] for peer in link.peers}

    assert {host: prefixes(text) for host, text in clients.items()} == {
        "node2": ("10.88.2.0/24",),
        "node3": ("10.88.3.0/24",),
    }
    assert all(_fingerprint(host) in link.config for host in ("node2", "node3"))


def test_each_device_has_a_unit_of_its_own() -> None:
    found = [unit.name for unit in openvpn_units(_topology("node2"))]
    assert found == sorted(names.openvpn_unit(link.ifname) for link in _declared("node2"))


def _observed(declared: Optional[Openvpn], state: Optional[State] = None) -> Observed:
    link = None
    if declared is not None:
        mark = (names.altname(declared.alias),)
        words: Any = {"mtu": 1448, "alias": declared.alias, "altnames": mark, "ipv6_link_local": False}
        link = Link(7, declared.ifname, "tun", up=True, **words)
    return observed(link, {7: state} if state is not None else {})


def _as_declared(link: Openvpn) -> State:
    return State(True, link.files, link.routes)


def _without_sysctls(host: str) -> Openvpn:
    return replace(_declared(host)[0], addresses=(), sysctls=())


def test_nothing_is_done_where_it_is_as_declared() -> None:
    for host in HOSTS:
        link = _without_sysctls(host)
        assert compare(link, _observed(link, _as_declared(link))) == []


def test_one_that_is_not_there_is_made_and_each_host_is_named() -> None:
    listener, caller = _without_sysctls("node1"), replace(_declared("node3")[1], addresses=(), sysctls=())

    assert lines(compare(listener, _observed(None))) == [
        "create {0} of the encrypted networks (OpenVPN, port 1194, mtu 1448)".format(LISTENER),
        "let node2 in over {0}: 10.88.2.0/24".format(LISTENER),
        "let node3 in over {0}: 10.88.3.0/24".format(LISTENER),
    ]
    assert lines(compare(caller, _observed(None))) == [
        "create {0} of the encrypted networks (OpenVPN, it calls {1}, mtu 1448)".format(caller.ifname, caller.server),
        "reach {0} at 192.0.2.1{1}:1194 over {2}: 10.88.{1}.0/24".format(
            caller.server, caller.server[-1], caller.ifname
        ),
    ]


def test_a_host_that_comes_restarts_the_process_and_the_line_says_whose_way_that_is() -> None:
    link = _without_sysctls("node1")
    (node3,) = (peer for peer in link.peers if peer.host == "node3")
    config = link.config.replace("# node3\n{0}\n".format(_fingerprint("node3")), "")
    before = {name: text for name, text in link.files if name != node3.client}
    before[link.ifname + ".conf"] = config
    state = State(True, tuple(sorted(before.items())), link.routes[:1])

    assert lines(compare(link, _observed(link, state))) == [
        "let node3 in over {0}: 10.88.3.0/24".format(LISTENER),
        "repair the route to node3 over {0}: 10.88.3.0/24".format(LISTENER),
        "restart {0}: the way to node2, node3 is made anew, and what is sent there meanwhile is lost".format(
            names.openvpn_unit(LISTENER)
        ),
    ]


CHANGES: Dict[str, Any] = {
    "another certificate": (
        lambda text: text.replace(_fingerprint("node2"), _fingerprint("node9")),
        "set the certificate of node2 on " + LISTENER,
    ),
    "another port": (
        lambda text: text.replace("lport 1194", "lport 1195"),
        "set the port of {0} from 1195 to 1194".format(LISTENER),
    ),
    "any other word": (
        lambda text: text.replace("tls-version-min 1.2", "tls-version-min 1.0"),
        "rewrite {0}{1}.conf".format(DIRECTORY, LISTENER),
    ),
    "other blocks": (
        lambda text: text.replace("iroute 10.88.2.0 255.255.255.0", "iroute 10.0.0.0 255.0.0.0"),
        "repair the way to node2 over {0}: 10.88.2.0/24".format(LISTENER),
    ),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_what_somebody_changed_in_a_file_is_named_and_written_again(change: str) -> None:
    link = _without_sysctls("node1")
    changed, line = CHANGES[change]
    state = State(True, tuple((name, changed(text)) for name, text in link.files), link.routes)

    found = compare(link, _observed(link, state))

    assert lines(found)[0] == line
    assert lines(found)[-1].startswith("restart " + names.openvpn_unit(LISTENER))
    assert not any(_fingerprint("node2") in "{0}".format(each.changes) for each in found), "a line shows no key"


def test_a_stranger_who_is_let_in_is_put_out() -> None:
    link = _without_sysctls("node1")
    files = (*link.files, (LISTENER + ".clients/stranger", "# me\niroute 10.88.7.0 255.255.255.0\n"))

    told = lines(compare(link, _observed(link, State(True, files, link.routes))))

    assert told[0] == "remove the peer 10.88.7.0/24 from " + LISTENER


def test_a_process_that_does_not_run_is_started() -> None:
    link = _without_sysctls("node1")
    state = State(False, link.files, link.routes)

    assert lines(compare(link, _observed(link, state))) == ["start " + names.openvpn_unit(LISTENER)]


def test_its_process_ends_before_it_is_taken_away_and_the_way_back_starts_it() -> None:
    link = _without_sysctls("node1")
    there = _observed(link, _as_declared(link))

    action = remove(there.links[LISTENER], there)

    assert action.text == "remove {0} of the encrypted networks (OpenVPN)".format(LISTENER)
    assert [step.name for step in action.do] == ["openvpn.set", "link.delete"]
    assert [step.name for step in action.undo] == ["link.delete", "link.create", "openvpn.set"]
    assert action.undo[-1].arguments["files"] == dict(link.files)


def test_hosts_that_went_over_to_another_listener_of_ours_cut_nobody_off() -> None:
    """As when keys change, and one host is known by its former key still."""
    link = _without_sysctls("node1")
    node2, node3 = link.peers
    config = link.config.replace("# node2\n{0}\n".format(_fingerprint("node2")), "")
    files = tuple(
        (name, config if name.endswith(".conf") else text) for name, text in link.files if name != node2.client
    )
    left = replace(link, files=files, peers=(node3,))
    newer = (("ov-newer.clients/" + node2.client.rpartition("/")[2], "# node2\n"),)
    before = _observed(link, _as_declared(link))
    beside = replace(before, tunnels={**before.tunnels, 8: State(True, newer, (("10.88.2.0/24", "10.88.1.1"),))})

    told = [lines(compare(left, each)) for each in (before, beside)]

    assert [any(line.startswith("restart ") for line in each) for each in told] == [True, False]
    (action,) = compare(left, beside)
    assert action.do[0].arguments["restart"] is False and dict(left.files) == action.do[0].arguments["files"]


def test_while_keys_change_there_is_a_device_for_each_key_and_one_sends() -> None:
    newer, older = (
        {"turn": turn, "public_key": ":".join(["%d1" % turn] * 32), "port": 1194 + turn, "address": "fd69::1"}
        for turn in (1, 0)
    )
    (known,) = [link for link in _declared("node2") if link.server == "node1"]
    changing = _topology("node2", ends=(newer, older), ways={"node1": [[1, 1], [0, 0]], "node3": [[0, 0]]})

    links = [link for link in tunnel_links(changing, True) if isinstance(link, Openvpn)]

    assert [(link.server, [peer.host for peer in link.peers], bool(link.routes)) for link in links] == [
        ("node1", ["node1"], True),
        ("", ["node3"], True),
        ("node1", ["node1"], False),
    ]
    first, last = links[0], links[-1]
    assert (last.ifname, first.ifname) == (known.ifname, names.openvpn_ifname("default:1", "id-of-node1"))
    assert "cert {0}default:1.pem\n".format(DIRECTORY) in first.config and "remote 192.0.2.11 1195" in first.config
    assert "cert {0}default.pem\n".format(DIRECTORY) in last.config and "remote 192.0.2.11 1194" in last.config
