# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every name that we leave on a host: interfaces, handles, tables, files, marks. Stable; documented in docs/names.md.

An interface name has at most 15 characters (IFNAMSIZ 16 with its NUL, include/uapi/linux/if.h).
"""

from __future__ import annotations

import functools
from typing import Optional, Tuple

from . import directories

#: Of this collection; galaxy.yml says the same.
RELEASE = "0.2.0"

IFNAME_MAX = 15
FIREWALLD_PREFIX, _ZONE_MAX = "fabric-", 14

#: Where ``ip netns`` keeps its handles (ip-netns(8)), and the files it binds over /etc.
NETNS_DIRECTORY = "/run/netns"
NETNS_ETC_DIRECTORY = "/etc/netns"
#: Those that what is sent with each task knows, too.
RUN_DIRECTORY, STATE_DIRECTORY = directories.RUN_DIRECTORY, directories.STATE_DIRECTORY
HANDLE_MARK_DIRECTORY = directories.HANDLE_MARK_DIRECTORY
ENGINE_DIRECTORY = directories.ENGINE_DIRECTORY
DECLARED_DIRECTORY = directories.DECLARED_DIRECTORY
FLEET_DIRECTORY = directories.FLEET_DIRECTORY
STASH_DIRECTORY = RUN_DIRECTORY + "/stash"
#: The files behind ``/etc/netns/NAME``, which is a link to ``NAMES_DIRECTORY/NAME``.
NAMES_DIRECTORY = RUN_DIRECTORY + "/names"
#: What the last repair by the timer of each topology was.
HEAL_DIRECTORY = RUN_DIRECTORY + "/heal"
#: What the last check of each topology by the host itself found.
CHECKED_DIRECTORY = RUN_DIRECTORY + "/checked"
#: What nft showed of each topology's tables, mode 0700.
RULES_DIRECTORY = RUN_DIRECTORY + "/rules"
RUN_JOURNAL_FILE = RUN_DIRECTORY + "/journal.json"
LEASE_STORE = STATE_DIRECTORY + "/leases.db"
LOCK_FILE = STATE_DIRECTORY + "/lock"
JOURNAL_FILE = STATE_DIRECTORY + "/journal.json"
#: The declaration that a run makes real, until it is the last one that was.
PREPARED_FILE = STATE_DIRECTORY + "/journal.json.declared"
#: Where 0.2.0 and before kept marks and stash.
FORMER_MARK_DIRECTORY, FORMER_STASH_DIRECTORY = STATE_DIRECTORY + "/netns", STATE_DIRECTORY + "/stash"
NAME_SERVER_DIRECTORY = STATE_DIRECTORY + "/dns"
#: Keys and configurations of tunnels, mode 0700.
TUNNEL_DIRECTORY = STATE_DIRECTORY + "/wireguard"
#: Certificates, keys and configurations of OpenVPN, mode 0700.
OPENVPN_DIRECTORY = STATE_DIRECTORY + "/openvpn"
NAME_SERVER_RUN_DIRECTORY = RUN_DIRECTORY + "/dns"
FORWARDING_FILE = STATE_DIRECTORY + "/forwarding.json"
#: The program of the host: what units of ours run.
PROGRAM = "/usr/local/sbin/linuxnet-fabric"
COMPLETION = "/usr/local/share/bash-completion/completions/linuxnet-fabric"
MANUAL = "/usr/local/share/man/man8/linuxnet-fabric.8"
PROGRAM_FILES = (PROGRAM, COMPLETION, MANUAL)
#: The OCI runtime that Docker has of us: what Docker calls it, what it runs, and where Docker is told.
DOCKER_RUNTIME = "fabric"
DOCKER_RUNTIME_PROGRAM = "/usr/local/sbin/linuxnet-fabric-runtime"
DOCKER_CONFIGURATION = "/etc/docker/daemon.json"
#: What was there before a run put them there, until that is over.
FORMER_PROGRAM_DIRECTORY = STATE_DIRECTORY + "/program"
#: In the family inet, of all topologies together; those of one are called fabric-NAME.
TRANSIT_TABLE = "fabric"
#: What a user's own chains are called; we never look into them.
USER_CHAIN = "user-"
#: In the families inet and bridge, for as long as packets are followed.
TRACE_TABLE = "linuxnet-fabric-trace"


def watch_table(topology: str) -> str:
    """The same, of the process that follows what comes from other hosts."""
    return "{0}-{1}".format(TRACE_TABLE, topology)


def is_trace_table(name: str) -> bool:
    return name == TRACE_TABLE or name.startswith(TRACE_TABLE + "-")


#: While a caller on the wire is played: the interface that leads to it, with four hex digits by chance, and the table
#: (family netdev) that sends there what is for it.
WIRE_IFNAME, WIRE_TABLE = "fabric-wire", "linuxnet-fabric-wire"

#: The alias of an interface that was replaced by the run that is under way: nobody's any more.
REPLACED = "linuxnet.fabric: replaced"
#: What every mark of ours begins with; that in an altname cannot hold a slash.
MARK, _ALTNAME_MARK = "linuxnet.fabric/", "fabric"
#: The first of 65,536 groups of links.
_LINK_GROUPS = 0x0FAB0000


_OPENVPN, _ENCRYPTION = "openvpn", "encryption"


def bridge_ifname(network: str) -> str:
    """``br-`` + the network's name; past 15 characters the end gives way to a hash of the whole."""
    name = "br-" + network
    if len(name) <= IFNAME_MAX:
        return name
    return name[: IFNAME_MAX - 6] + "-" + _hash(network, 5)


def second_default_bridge(topology: str) -> str:
    """The bridge of the network ``bridge`` where another topology of the host has ``fabric0``: 14 characters."""
    return "fabric-" + _hash(topology, 7)


@functools.lru_cache(maxsize=4096)  # a link, a rule and the answer want it
def veth_ifname(topology: str, container: str, ifname: str) -> str:
    """The host end of a container's interface: ``veth`` + 11 hex digits of a hash of whose it is."""
    return "veth" + _hash("\0".join((topology, container, ifname)), 11)


def ifb_ifname(topology: str, container: str, ifname: str) -> str:
    """What traffic out of a container's interface goes through to be limited: ``ifb`` + 12 hex digits of a hash."""
    return "ifb" + _hash("\0".join((topology, container, ifname)), 12)


def lan_ifname(topology: str, network: str) -> str:
    """The host's own interface on a network on a LAN: ``lan-`` + 11 hex digits of a hash of which network it is."""
    return "lan-" + _hash("\0".join((topology, network)), 11)


def vxlan_ifname(topology: str, network: str) -> str:
    """The VXLAN device of an overlay network: ``vxlan`` + 10 hex digits of a hash of which network it is."""
    return "vxlan" + _hash("\0".join((topology, network)), 10)


def tunnel_name(topology: str, turn: int) -> str:
    """Of one end of a topology's tunnel: by it its files, its interface and its unit are called. ``turn``: how many
    keys the host had before. No topology has a colon in its name."""
    return "{0}:{1}".format(topology, turn) if turn else topology


def encryption_subject(turn: int) -> str:
    """In its mark, what an end of a topology's tunnel is."""
    return "{0} {1}".format(_ENCRYPTION, turn) if turn else _ENCRYPTION


def encryption_turn(subject: str) -> Optional[int]:
    """From ``encryption_subject``; None of anything else."""
    word, _space, turn = subject.partition(" ")
    return int(turn or 0) if word == _ENCRYPTION and (turn or "0").isdigit() else None


def wireguard_ifname(tunnel: str) -> str:
    """What leads to the other hosts of a topology's encrypted networks: ``wg-`` + 12 hex digits of a hash of
    ``tunnel_name``."""
    return "wg-" + _hash(tunnel, 12)


def wireguard_unit(tunnel: str) -> str:
    """Of the program behind that interface, where the kernel has no WireGuard."""
    return "linuxnet-fabric-wireguard@{0}.service".format(tunnel)


def openvpn_ifname(tunnel: str, host_id: str = "") -> str:
    """What leads to other hosts by OpenVPN: ``ov-`` + 12 hex digits of a hash of ``tunnel_name``, and of the host that
    is called; without one, of those that call this one."""
    return "ov-" + _hash("\0".join((tunnel, host_id)) if host_id else tunnel, 12)


def openvpn_subject(ifname: str) -> str:
    """What its mark says that it is."""
    return "{0} {1}".format(_OPENVPN, ifname[len("ov-") :])


def is_openvpn(subject: str) -> bool:
    return subject.split(" ")[0] == _OPENVPN


def openvpn_unit(ifname: str) -> str:
    """Of the process behind that interface."""
    return "linuxnet-fabric-openvpn@{0}.service".format(ifname)


def replaced_ifname(ifname: str) -> str:
    """What an interface is called whose name another one gets, until the run is over."""
    return "old-" + _hash(ifname, 11)


def name_server_file(topology: str) -> str:
    """The configuration of a topology's name server."""
    return "{0}/{1}.conf".format(NAME_SERVER_DIRECTORY, topology)


def name_server_copy(topology: str) -> str:
    """What the name server itself reads, which is not root."""
    return "{0}/{1}.conf".format(NAME_SERVER_RUN_DIRECTORY, topology)


def name_server_unit(topology: str) -> str:
    return "linuxnet-fabric-dns@{0}.service".format(topology)


def table(topology: str) -> str:
    """The nft table of a topology, the same name in the families inet and bridge."""
    return "fabric-" + topology


def alias(topology: str, subject: str) -> str:
    """The ifalias that marks an interface as ours and says whose it is: ``linuxnet.fabric/default web:eth0``."""
    return "{0}{1} {2}".format(MARK, topology, subject)


@functools.lru_cache(maxsize=None)  # asked of every interface, more than once
@functools.lru_cache(maxsize=4096)
def parse_alias(text: Optional[str]) -> Optional[Tuple[str, str]]:
    """(topology, subject) of an alias of ours, None for anybody else's."""
    if not text or not text.startswith(MARK) or " " not in text:
        return None
    topology, subject = text[len(MARK) :].split(" ", 1)
    return topology, subject


@functools.lru_cache(maxsize=64)
def link_group(topology: str) -> int:
    """The group (ip-link(8)) that a topology's pairs are made in, so that all of them can go at once. Another's may be
    in it, too: whoever takes a group away looks who is in it."""
    return _LINK_GROUPS + int(_hash(topology, 4), 16)


def altname(text: str) -> str:
    """An alias of ours once more, as another name of the interface: in words that such a name may hold, at most 119
    of its 127 characters."""
    topology, subject = parse_alias(text) or ("", text)
    return ",".join((_ALTNAME_MARK, topology, subject.replace(" ", ",")))


def alias_of_altname(text: str) -> str:
    """The alias of which this is the other spelling; empty for anybody else's altname."""
    mark, _comma, rest = text.partition(",")
    topology, _comma, subject = rest.partition(",")
    return alias(topology, subject.replace(",", " ")) if mark == _ALTNAME_MARK and subject else ""


def firewall_mark(topology: str) -> str:
    """The comment or description by which an accept in another firewall is known as ours."""
    return MARK + topology


def firewalld_zone(topology: str) -> str:
    """The zone of our bridges in firewalld: at most 14 characters, for a policy's name (18) is the zone's and a bit."""
    name = FIREWALLD_PREFIX + topology
    return name if len(name) <= _ZONE_MAX else FIREWALLD_PREFIX + _hash(topology, _ZONE_MAX - len(FIREWALLD_PREFIX))


def _hash(text: str, digits: int) -> str:
    import hashlib  # not by whoever only reads: it takes 2 ms, and a second process reads a host at once

    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:digits]
