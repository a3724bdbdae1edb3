# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host needs to reach stays reachable, and where its ways lead is understood, however they are written."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.lab import ansible

MODULE = str(ansible.ROOT / "plugins" / "modules" / "topology.py")
ENVIRONMENT = dict(ansible.environment(), PYTHONPATH=str(ansible.ROOT / ".collections"))
WEB = {"web": {"networks": ["front"]}}


def of(subnet, **more):
    return {"networks": {"front": {"ipam": {"config": [{"subnet": subnet, **more}]}}}, "containers": WEB}


def arguments(words):
    """What the module reads on its standard input."""
    return json.dumps({"ANSIBLE_MODULE_ARGS": dict(words, _ansible_remote_tmp="/tmp")})


def subnet_of(answer, name="front"):
    return answer["networks"][name]["subnets"][0]


def mtu_of(host, name):
    return host.container(name).json(["ip", "-j", "link", "show", "eth0"])[0]["mtu"]


# --- a subnet that would lock the host out


@pytest.mark.parametrize("check", [False, True], ids=["apply", "check"])
@pytest.mark.parametrize(
    ("subnet", "address", "why"),
    [
        ("198.51.100.8/29", "198.51.100.11", "an address of this host (eth0)"),
        ("198.51.100.0/24", "198.51.100.", ""),
        ("198.51.100.0/30", "198.51.100.1", "the next hop of its route 0.0.0.0/0"),
        ("203.0.113.16/28", "203.0.113.20", "the next hop of its route 10.1.0.0/16"),
        ("203.0.113.48/28", "203.0.113.53", "a name server of this host"),
    ],
)
def test_a_subnet_that_holds_what_the_host_needs_is_refused(lab, subnet, address, why, check):
    lab.host.run(["ip", "route", "add", "10.1.0.0/16", "via", "203.0.113.20", "dev", "eth0", "onlink"])
    lab.host.run(["sh", "-c", "echo nameserver 203.0.113.53 > /etc/resolv.conf"])
    told = lab.host.module("topology", of(subnet), check=check, fail=True)["msg"]
    assert told.startswith("topology_networks.front.ipam.config[0]: {0} of front holds {1}".format(subnet, address))
    assert why in told and told.endswith("choose another subnet")
    assert not lab.host.run(["ip", "netns", "list"]).stdout


def test_a_next_hop_of_a_multipath_route_and_of_a_nexthop_object_counts(lab):
    hops = ["nexthop", "via", "203.0.113.20", "dev", "eth0", "onlink", "nexthop", "via", "198.51.100.66", "dev", "eth0"]
    lab.host.run(["ip", "route", "add", "10.1.0.0/16", *hops])
    told = lab.host.module("topology", of("203.0.113.16/28"), fail=True)["msg"]
    assert "203.0.113.20, the next hop of its route 10.1.0.0/16" in told
    lab.host.run(["ip", "route", "del", "10.1.0.0/16"])
    lab.host.run(["sh", "-c", "echo 0 > /proc/sys/net/ipv4/nexthop_compat_mode"])
    lab.host.run(["ip", "nexthop", "add", "id", "7", "via", "203.0.113.20", "dev", "eth0", "onlink"])
    lab.host.run(["ip", "route", "add", "10.2.0.0/16", "nhid", "7"])
    told = lab.host.module("topology", of("203.0.113.16/28"), fail=True)["msg"]
    assert "203.0.113.20, the next hop of its route 10.2.0.0/16" in told


def test_in_ipv6_too(lab):
    words = of("fd00:1::/64")
    words["networks"]["front"].update(enable_ipv6=True, enable_ipv4=False)
    lab.host.run(["ip", "route", "add", "fd02::/64", "via", "fd00:1::9", "dev", "eth0", "onlink"])
    told = lab.host.module("topology", words, fail=True)["msg"]
    assert "fd00:1::/64 of front holds fd00:1::9, the next hop of its route fd02::/64" in told


def test_from_where_the_host_is_administered_is_found_behind_sudo(lab):
    """Which keeps SSH_CONNECTION in its own environment, and takes it out of its children's."""
    shell = "env -u SSH_CONNECTION {0} {1}".format(ansible.target_python(), MODULE)
    ran = lab.host.run(
        ["env", "SSH_CONNECTION=203.0.113.77 50000 198.51.100.11 22", "sh", "-c", shell + "; true"],
        input=arguments(of("203.0.113.64/26")),
        env=ENVIRONMENT,
        check=False,
    )
    assert "203.0.113.77, from where this host is administered (ssh)" in ran.stdout + ran.stderr


#: A program that is called as sshd calls the process of a session, and has a connection.
SESSION = """
import ctypes, socket, sys
ctypes.CDLL(None).prctl(15, b"sshd-session")  # PR_SET_NAME
server = socket.create_server(("", 22))
print("listening", flush=True)
connection = server.accept()
sys.stdin.read()
"""
CALLING = """
import socket, sys
connection = socket.create_connection((sys.argv[1], 22), source_address=(sys.argv[2], 0))
print("connected", flush=True)
sys.stdin.read()
"""


def test_from_where_the_host_is_administered_is_found_by_the_connections_of_sshd(lab):
    """Of which there is no trace in any environment."""
    server = lab.host.popen([sys.executable, "-c", SESSION], stdin=subprocess.PIPE)
    assert server.stdout.readline() == "listening\n"
    caller = lab.client.popen([sys.executable, "-c", CALLING, lab.host.ipv4, "203.0.113.1"], stdin=subprocess.PIPE)
    assert caller.stdout.readline() == "connected\n"
    told = lab.host.module("topology", of("203.0.113.0/29"), fail=True)["msg"]
    assert "203.0.113.1, from where this host is administered (ssh)" in told


def test_a_network_on_the_lan_by_design_is_free_of_this(lab):
    lab.host.run(["ip", "link", "add", "lan0", "up", "type", "bridge"])
    lab.host.run(["ip", "address", "add", "203.0.113.1/24", "dev", "lan0"])
    lab.host.run(["ip", "route", "add", "10.1.0.0/16", "via", "203.0.113.20", "dev", "lan0", "onlink"])
    networks = {"lan": {"external": True, "bridge": "lan0"}}
    assert subnet_of(lab.host.module("topology", {"networks": networks, "containers": {}}), "lan") == "203.0.113.0/24"


def test_what_our_own_bridge_has_is_no_reason_to_refuse(lab):
    """A lease that was lost comes back; a bridge that takes another's subnet in the same run gets it."""
    lab.host.module("topology", of("172.20.0.0/24"))
    lab.host.run(["rm", "/var/lib/linuxnet-fabric/leases.db"])
    lab.host.module("topology", of("172.20.0.0/24"))
    words = of("172.21.0.0/24")
    words["networks"]["back"] = {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}
    lab.host.module("topology", words)
    assert not lab.host.module("topology", words)["changed"]


# --- choosing a subnet


@pytest.mark.parametrize("kind", ["blackhole", "unreachable", "prohibit"])
def test_a_route_that_leads_nowhere_is_a_route(lab, kind):
    lab.host.run(["ip", "route", "add", kind, "172.17.0.0/16"])
    told = lab.host.module("topology", of("172.17.3.0/24"))
    assert subnet_of(told) == "172.17.3.0/24"
    lab.host.module("topology", {"state": "absent"})
    answer = lab.host.module("topology", {"networks": {"front": {}}, "containers": WEB})
    assert subnet_of(answer) == "172.18.0.0/16"
    told = lab.host.module("topology", of("172.17.0.0/16"), fail=True)["msg"]
    assert "172.17.0.0/16 overlaps the route {0} 172.17.0.0/16".format(kind) in told


def test_a_vpn_that_takes_everything_by_two_halves_takes_no_pool(lab):
    lab.host.run(["ip", "-b", "-"], input="route add 0.0.0.0/1 dev eth0\nroute add 128.0.0.0/1 dev eth0\n")
    assert subnet_of(lab.host.module("topology", {"networks": {"front": {}}, "containers": WEB})) == "172.17.0.0/16"


def test_an_error_names_the_routes_that_take_the_pools_and_every_network(lab):
    for private in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"):
        lab.host.run(["ip", "route", "add", private, "via", "198.51.100.1"])
    told = lab.host.module("topology", {"networks": {"front": {}, "back": {}}, "containers": {}}, fail=True)["msg"]
    for network in ("front", "back"):
        assert "topology_networks.{0}: no subnet is left in the default address pools".format(network) in told
    assert "in the way are the route 172.16.0.0/12 (eth0), the route 192.168.0.0/16 (eth0);" in told


# --- the uplink


def test_with_two_uplinks_in_one_default_route_the_smaller_mtu_counts(lab):
    host = lab.host
    host.run(["ip", "link", "add", "eth1", "mtu", "1400", "type", "veth", "peer", "name", "peer1"])
    host.run(["ip", "-b", "-"], input="address add 203.0.113.2/30 dev eth1\nlink set eth1 up\nlink set peer1 up\n")
    hops = ["nexthop", "via", "198.51.100.1", "dev", "eth0", "nexthop", "via", "203.0.113.1", "dev", "eth1"]
    host.run(["ip", "-6", "route", "del", "default"])
    host.run(["ip", "route", "replace", "default", *hops])
    host.module("topology", {"networks": {"front": {}}, "containers": WEB})
    assert mtu_of(host, "web") == 1400


@pytest.mark.parametrize("compatible", [0, 1])
def test_a_group_of_nexthop_objects_is_followed(lab, compatible):
    host = lab.host
    host.run(["sh", "-c", "echo {0} > /proc/sys/net/ipv4/nexthop_compat_mode".format(compatible)])
    host.run(["ip", "link", "set", "eth0", "mtu", "1440"])
    host.run(["ip", "-6", "route", "del", "default"])
    host.run(["ip", "route", "del", "default"])
    host.run(["ip", "nexthop", "add", "id", "1", "via", "198.51.100.1", "dev", "eth0"])
    host.run(["ip", "nexthop", "add", "id", "2", "group", "1"])
    host.run(["ip", "route", "add", "default", "nhid", "2"])
    host.module("topology", {"networks": {"front": {}}, "containers": WEB})
    assert mtu_of(host, "web") == 1440


def test_an_unreachable_default_route_is_no_uplink(lab):
    host = lab.host
    host.run(["ip", "route", "del", "default"])
    host.run(["ip", "-6", "route", "del", "default"])
    host.run(["ip", "-6", "route", "add", "unreachable", "default", "metric", "4278198272"])
    host.module("topology", {"networks": {"front": {}}, "containers": WEB})
    assert mtu_of(host, "web") == 1500


# --- forwarding of single interfaces


def write(host, key, value):
    host.run(["sh", "-c", "echo {0} > /proc/sys/net/{1}".format(value, key)])


def test_containers_get_out_and_in_where_new_interfaces_do_not_forward(lab):
    host = lab.host
    for key, value in (("ipv4/ip_forward", 1), ("ipv4/conf/default/forwarding", 0)):
        write(host, key, value)
    for key, value in (("ipv6/conf/all/forwarding", 1), ("ipv6/conf/default/forwarding", 0)):
        write(host, key, value)
    words = {"networks": {"front": {"enable_ipv6": True}}, "containers": {"web": {"networks": ["front"]}}}
    words["containers"]["web"]["ports"] = ["8080:80"]
    host.module("topology", words)
    assert not host.module("topology", words)["changed"]
    web = host.container("web")
    web.serve("tcp", 80)
    lab.client.serve("tcp", 8000)
    for at_host, at_client in ((host.ipv4, lab.client.ipv4), (host.ipv6, lab.client.ipv6)):
        assert lab.client.ask("tcp", at_host, 8080)["server"] == "web"
        assert web.ask("tcp", at_client, 8000)["server"] == "client"
    write(host, "ipv4/conf/br-front/forwarding", 0)
    check = host.module("topology", words, check=True)
    assert check["drift"] == ["set net.ipv4.conf.br-front.forwarding from 0 to 1"]
    host.module("topology", words)
    assert lab.client.ask("tcp", host.ipv4, 8080)["server"] == "web"


def test_an_uplink_that_does_not_forward_is_named(lab):
    host = lab.host
    host.module("topology", of("172.20.0.0/24"))  # which turns it on everywhere
    assert not host.module("topology", of("172.20.0.0/24")).get("warnings")
    write(host, "ipv4/conf/eth0/forwarding", 0)
    told = json.dumps(host.module("topology", of("172.20.0.0/24"))["warnings"])
    assert "eth0, by which this host has its default route, does not forward IPv4" in told
    assert "net.ipv4.conf.eth0.forwarding to 1" in told


# --- a mount namespace of its own


@pytest.mark.parametrize("propagation", ["slave", "shared"])
def test_handles_that_only_the_run_would_see_are_refused(lab, propagation):
    """A process 1 of its own stands for the host's, and a mount namespace below it for a unit's."""
    inner = "unshare --mount --propagation {0} {1} {2}".format(propagation, ansible.target_python(), MODULE)
    script = "mkdir -p /run/netns && mount --make-rshared / && " + inner + "; true"
    ran = lab.host.run(
        ["unshare", "--pid", "--fork", "--mount", "--mount-proc", "--propagation", "private", "sh", "-c", script],
        input=arguments({**of("172.20.0.0/24"), "lock_timeout": 3}),
        env=ENVIRONMENT,
        check=False,
    )
    told = ran.stdout + ran.stderr
    refused = "this process has a mount namespace of its own" in told
    assert refused == (propagation == "slave"), told
