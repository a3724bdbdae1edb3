# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology and its leases → the configuration of its name server, unbound.conf(5). Pure.

One view for each set of networks: whoever is on these knows by name all who are on one of them, here or on another
host, and nobody else. Who is in no view is refused. Foreign names are asked where the host asks them, except

- on internal networks alone: there is nothing else, so any other name does not exist;
- of a container that says itself where (``dns``): they are refused, and its resolver goes on to the next server.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Dict, Iterable, Iterator, List, Sequence, Set, Tuple

from .._declaration.topology import Container, Network, Topology, families
from .._ipam.requests import Allocation
from .._kernel.names import MARK
from .addressing import default_attachment, unique
from .drivers.registry import driver_of
from .files import host_gateway, host_servers, names_on

#: Seconds that a resolver may go on believing an address.
_TTL = 5
#: What comes of foreign names: asked elsewhere, not there, refused.
_ASKED, _NONE, _REFUSED = "", "static", "refuse"
_SERVER = """server:
  chroot: ""
  directory: ""
  username: "unbound"
  pidfile: ""
  use-syslog: no
  logfile: ""
  log-time-ascii: yes
  verbosity: 1
  module-config: "iterator"
  ip-freebind: yes
  do-not-query-localhost: no
  hide-identity: yes
  hide-version: yes
  access-control: 127.0.0.0/8 refuse
  access-control: ::1 refuse
"""

View = Tuple[Tuple[str, ...], str]  # names of networks, and what comes of foreign names


def name_server_text(topology: Topology, allocation: Allocation, resolv_conf: Sequence[str]) -> str:
    """Empty where no container can ask the host."""
    clients: Dict[View, List[str]] = {}
    listens: List[str] = []
    for name in sorted(topology.containers):
        container = topology.containers[name]
        servers = host_gateway(topology, container, allocation)
        if servers:
            listens.extend(servers)
            clients.setdefault(_view_of(topology, allocation, container), []).extend(
                _addresses(topology, allocation, container)
            )
    if not clients:
        return ""
    upstream = [server for server in host_servers(resolv_conf) if "%" not in server]
    text = "# {0}{1}: written by the tool; a change made here is undone by the next run\n".format(MARK, topology.name)
    text += _SERVER
    text += "".join("  interface: {0}\n".format(address) for address in sorted(set(listens), key=_sorted_as))
    views = sorted(clients)
    text += "".join(_access(address, view) for view in views for address in sorted(set(clients[view]), key=_sorted_as))
    if upstream:
        text += '\nforward-zone:\n  name: "."\n'
        text += "".join("  forward-addr: {0}\n".format(server) for server in upstream)
    for view in views:
        text += "".join(_view(topology, allocation, view, bool(upstream)))
    return text


def _view_of(topology: Topology, allocation: Allocation, container: Container) -> View:
    networks = tuple(sorted({each.network for each in container.attachments}))
    out = any(default_attachment(container, topology, allocation, family) for family in (4, 6))
    return networks, _REFUSED if container.dns else _ASKED if out else _NONE


def _addresses(topology: Topology, allocation: Allocation, container: Container) -> Iterator[str]:
    for each in container.attachments:
        for family in families(topology.networks[each.network]):
            yield allocation.addresses[(each.network, container.name, family)]


def _access(address: str, view: View) -> str:
    whole = "{0}/{1}".format(address, ip_address(address).max_prefixlen)
    return '  access-control: {0} allow\n  access-control-view: {0} "{1}"\n'.format(whole, _called(view))


def _called(view: View) -> str:
    networks, foreign = view
    return ",".join(networks) + ("/" + foreign if foreign else "")


def _view(topology: Topology, allocation: Allocation, view: View, upstream: bool) -> Iterator[str]:
    networks, foreign = view
    yield '\nview:\n  name: "{0}"\n'.format(_called(view))
    if foreign or not upstream:
        yield '  local-zone: "." {0}\n'.format(foreign or _NONE)
    found = [pair for name in networks for pair in _names(topology, allocation, topology.networks[name])]
    for name, address in sorted(set(found)):
        kind = "AAAA" if ":" in address else "A"
        yield '  local-data: "{0}. {1} IN {2} {3}"\n'.format(name, _TTL, kind, address)
    for address, name in sorted({address: name for name, address in reversed(found)}.items()):
        yield '  local-data-ptr: "{0} {1} {2}"\n'.format(address, _TTL, name)


def _names(topology: Topology, allocation: Allocation, network: Network) -> Iterator[Tuple[str, str]]:
    """(name, address) of all on a network. A name is the own host's container's first, as in the hosts files."""
    own: Set[str] = set()
    for container in topology.members[network.name]:
        names = _sayable(names_on(network, container))
        own.update(names)
        for family in families(network):
            address = allocation.addresses[(network.name, container.name, family)]
            yield from ((name, address) for name in names)
    for other in driver_of(network).elsewhere(network):
        for name in _sayable(other.names):
            if name not in own:
                yield from ((name, str(address)) for address in other.container.addresses)


def _sayable(names: Iterable[str]) -> Tuple[str, ...]:
    """Those that are names in DNS (RFC 1035, section 2.3.4); the others are in the hosts files alone."""
    found = [name for name in names if all(0 < len(label) < 64 for label in name.split("."))]
    return unique(found, str.lower)


def _sorted_as(address: str) -> Tuple[int, int]:
    number = ip_address(address)
    return number.version, int(number)
