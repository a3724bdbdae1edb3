# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files by which OpenVPN is configured: what is in them, and what they say. Pure.

Of two hosts one listens, for all that call it, and the other calls it: a process each, with a device of its own. Whom
a listener lets in, and what may come from there, is in a file for each of them; OpenVPN finds it by the name in their
certificate. Nobody's addresses and routes are OpenVPN's to set: they stand on the device, which outlives the process.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Iterable, Sequence, Tuple

from .data import NamedTuple
from .names import OPENVPN_DIRECTORY

#: How the name of a file ends that has a certificate of the host and its key.
IDENTITY = ".pem"

#: What a packet gains on its way: outer IPv4 or IPv6, UDP, opcode and peer, its number, and AES-GCM's tag.
OVERHEADS = {4: 20 + 8 + 4 + 4 + 16, 6: 40 + 8 + 4 + 4 + 16}

#: ``disable-dco``: a kernel with OpenVPN in it would make a device of its own. ``data-ciphers``: TLS agrees on the key.
_COMMON = """\
dev {ifname}
dev-type tun
disable-dco
proto udp{family}
local {address}
cert {identity}
key {identity}
topology subnet
ifconfig-noexec
route-noexec
persist-tun
persist-key
tls-version-min 1.2
data-ciphers AES-256-GCM
allow-compression no
tun-mtu {mtu}
mssfix 0
script-security 0
suppress-timestamps
verb 1
mute 10
"""
#: A listener that ends, or is restarted, says so to who called it, and they call again.
_LISTENER = """\
lport {port}
mode server
tls-server
dh none
client-config-dir {directory}
ccd-exclusive
ping 2
ping-restart 20
explicit-exit-notify 1
"""
#: They reach each other inside of it: each is taken at its own addresses alone.
_HUB = "client-to-client\n"
_CALLER = """\
lport 0
remote {remote} {port}
client
connect-retry 1 4
server-poll-timeout 4
ping 2
ping-restart 8
"""


def path_of(name: str) -> str:
    return "{0}/{1}".format(OPENVPN_DIRECTORY, name)


def identity_file(tunnel: str) -> str:
    """Of one end of a topology's tunnel (``names.tunnel_name``)."""
    return path_of(tunnel + IDENTITY)


def config_name(ifname: str) -> str:
    return ifname + ".conf"


def clients_name(ifname: str) -> str:
    """The directory of a listener's clients."""
    return ifname + ".clients"


class Known(NamedTuple):
    """Another host, as a process knows it. ``common_name``: of its certificate."""

    host: str
    common_name: str
    fingerprint: str


def listener_text(
    ifname: str, address: str, port: int, mtu: int, identity: str, directory: str, clients: Iterable[Known], hub: bool
) -> str:
    """``directory``: of the clients' files; ``identity``: the file with the host's certificate and key."""
    own = _LISTENER.format(port=port, directory=directory) + (_HUB if hub else "")
    return _common(ifname, address, mtu, identity) + own + _known(clients)


def caller_text(ifname: str, address: str, mtu: int, identity: str, remote: str, port: int, server: Known) -> str:
    return _common(ifname, address, mtu, identity) + _CALLER.format(remote=remote, port=port) + _known([server])


def client_text(host: str, prefixes: Iterable[str]) -> str:
    """What may come from a client, and is sent there."""
    return "# {0}\n".format(host) + "".join(map(_inner_route, prefixes))


def _common(ifname: str, address: str, mtu: int, identity: str) -> str:
    family = 6 if ":" in address else 4
    return _COMMON.format(ifname=ifname, family=family, address=address, identity=identity, mtu=mtu)


def _known(hosts: Iterable[Known]) -> str:
    lines = ["# {0}\n{1}\n".format(each.host, each.fingerprint) for each in hosts]
    return "<peer-fingerprint>\n" + "".join(lines) + "</peer-fingerprint>\n"


def _inner_route(prefix: str) -> str:
    network = ip_network(prefix)
    if network.version == 6:
        return "iroute-ipv6 {0}\n".format(network)
    return "iroute {0} {1}\n".format(network.network_address, network.netmask)


# --- and what they say

_FINGERPRINT = re.compile("^([0-9A-F]{2}(?::[0-9A-F]{2}){31})$", re.MULTILINE)


def fingerprints(text: str) -> Tuple[str, ...]:
    return tuple(_FINGERPRINT.findall(text))


def but_fingerprints(text: str) -> str:
    """The rest of what a configuration says."""
    before, _begin, known = text.partition("<peer-fingerprint>\n")
    return before + known.partition("</peer-fingerprint>\n")[2]


def word(text: str, name: str) -> str:
    """What stands behind a word on its line; empty without it."""
    return next((line[len(name) + 1 :] for line in text.splitlines() if line.startswith(name + " ")), "")


def prefixes(text: str) -> Tuple[str, ...]:
    """Of a client's file."""
    found = [line.split() for line in text.splitlines() if line.startswith("iroute")]
    return tuple(_prefix(words[1:]) for words in found if len(words) in (2, 3))


def _prefix(words: Sequence[str]) -> str:
    try:
        return str(ip_network("/".join(words)))
    except ValueError:
        return " ".join(words)
