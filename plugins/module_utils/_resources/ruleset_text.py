# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packet rules of a topology as text for nft. Pure: data in, text out.

There are two tables for each topology, both named ``fabric-NAME``. Each decides only about its own
bridges; a packet that neither comes from nor goes to one of them passes through untouched, and no
policy is ever anything but accept, so the tables live beside those of Docker, ufw or another topology.

The number of rules is the same for one port and for ten thousand. Everything that grows is an element
of a set or a map: a packet is looked up, never compared with one rule after another, and one more
port is one more element.

``table inet`` sees what is routed::

      from the wire, or from a bridge                    from a process of this host
                  |                                                  |
                  v                                                  v
          +---------------+   127/8, ::1 but from lo         +--------------+
    -300  | guard         |   never reach a port of ours     | publish_out  |  -100
          +-------+-------+                                  +------+-------+
                  v                                                 |
          +---------------+   to a local address? then look up      |
    -100  | publish_in    |   ADDRESS . PROTOCOL . PORT, then       |
          +-------+-------+   PROTOCOL . PORT: dnat                 |
                  v                                                 |
          +---------------+   1  the user's own rules               |
       0  | forward       |   2  stays on its bridge -> within      |
          |               |   3  comes from a closed network: drop  |
          |               |   4  goes to a closed network: drop     |
          |               |   5  goes to a bridge -> into           |
          +-------+-------+   6  anything else: none of our business|
                  v                                                 v
          +---------------+   called its own or a neighbour's published port,
     100  | postrouting   |   or asked by the host: masquerade as the bridge;
          +---------------+   own subnet, not to its bridge: masquerade or snat

      for the host itself, from a closed network -> input (0): its own gateway's address, and nothing else

``within`` holds ``icc: false`` at layer 3, between containers of this topology (whoever else is on an adopted
bridge, such as its uplink, is reached); ``into`` lets in answers, what was published, and what the
network's ``gateway_mode`` and ``trusted_host_interfaces`` allow. A source is judged before its destination:
an internal network cannot get out over another network's published port, nor reach the host by an address that
is not its own gateway. A container on two networks answers a call of its published port by the network that the call
came in by: ``elsewhere`` holds whose calls it would answer by the other one, and those come from the bridge's address.
Where a process of the host calls ``[::1]``, the answers wear a bridge's address from ``answer`` (-90) to ``input``, for
the kernel delivers nothing to ::1 that comes from a bridge, and IPv6 has no route_localnet.

``table bridge`` sees what is bridged, without br_netfilter::

      a frame from a container -> guard (-200): is this MAC, ARP, IPv4, IPv6 or ND identity its own?
      a frame to another port  -> forward (0):  icc: false? only what a link names
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Dict, Iterable, List, Optional, Set, Tuple

from .._kernel.names import table as table_name
from .link_local import link_local
from .ruleset import Endpoint, NetworkPolicy, Publication, Ruleset

#: What a user's own chains are called; we never look into them.
USER_CHAIN = "user-"


@dataclass(frozen=True)
class NamedSet:
    """A set or a map, and its elements as nft writes them."""

    name: str
    type: str  # what follows "type" or "typeof"
    elements: Tuple[str, ...] = ()
    map: bool = False
    interval: bool = False
    typeof: bool = False


@dataclass(frozen=True)
class Chain:
    name: str
    rules: Tuple[str, ...] = ()
    hook: Optional[str] = None  # "type filter hook forward priority filter"; None: not a base chain


@dataclass(frozen=True)
class Table:
    family: str
    name: str
    sets: Tuple[NamedSet, ...]
    chains: Tuple[Chain, ...]


def render(ruleset: Ruleset) -> str:
    """Both tables, loadable where they do not exist."""
    return "\n".join(table_text(table) for table in layout(ruleset))


def layout(ruleset: Ruleset) -> Tuple[Table, Table]:
    name = table_name(ruleset.topology)
    return (
        Table("inet", name, _inet_sets(ruleset), _inet_chains(ruleset)),
        Table("bridge", name, _bridge_sets(ruleset), _BRIDGE_CHAINS),
    )


def table_text(table: Table) -> str:
    blocks = [_set_lines(item) for item in table.sets] + [_chain_lines(chain) for chain in table.chains]
    body = "\n\n".join("\n".join("\t" + line for line in lines) for lines in blocks)
    return "table {0} {1} {{\n{2}\n}}\n".format(table.family, table.name, body)


def _set_lines(item: NamedSet) -> List[str]:
    lines = ["{0} {1} {{".format("map" if item.map else "set", item.name)]
    lines.append("\t{0} {1}".format("typeof" if item.typeof else "type", item.type))
    if item.interval:
        lines.append("\tflags interval")
    if item.elements:
        lines.append("\telements = {")
        lines.extend("\t\t{0},".format(element) for element in item.elements)
        lines.append("\t}")
    return lines + ["}"]


def _chain_lines(chain: Chain) -> List[str]:
    head = ["\t" + base_line(chain)] if chain.hook else []
    return ["chain {0} {{".format(chain.name)] + head + ["\t" + rule for rule in chain.rules] + ["}"]


def base_line(chain: Chain) -> str:
    return "{0}; policy accept;".format(chain.hook)


# --- table inet: the elements -------------------------------------------------------------------------------------


def _inet_sets(ruleset: Ruleset) -> Tuple[NamedSet, ...]:
    networks = ruleset.networks
    bridges = _unique(network.bridge for network in networks)
    sets = [
        NamedSet("bridges", "ifname", _quoted(bridges)),
        NamedSet("staying", "ifname . ifname", tuple('"{0}" . "{0}"'.format(bridge) for bridge in bridges)),
        NamedSet("icc_off", "ifname", _quoted(_unique(n.bridge for n in networks if not n.icc))),
        NamedSet("isolated", "ifname", _quoted(_unique(n.bridge for n in networks if n.isolate))),
        NamedSet("adopted", "ifname", _quoted(_unique(n.bridge for n in networks if n.external))),
        _by_family("closed", _closed(networks)),
        _by_family("routed", _with_mode(networks, "routed")),
        _by_family("unprotected", _with_mode(networks, "nat-unprotected")),
        NamedSet("trusted", "ifname . ifname", _trusted(networks)),
        NamedSet("hooks", "ifname : verdict", _hooks(networks), map=True),
    ]
    for family in (4, 6):
        sets.extend(_inet_family_sets(ruleset, family))
    sets.append(NamedSet("loopback6", "ipv6_addr : ipv6_addr", _loopback6(ruleset), map=True))
    return tuple(sets)


def _inet_family_sets(ruleset: Ruleset, family: int) -> List[NamedSet]:
    address, suffix = _address_type(family), str(family)
    networks = [network for network in ruleset.networks if network.family == family]
    modes = {network.bridge: network.gateway_mode for network in networks}
    ports = [port for port in ruleset.publications if port.family == family]
    natted = [port for port in ports if modes.get(port.bridge, "nat") != "routed"]
    routed = [port for port in ports if modes.get(port.bridge, "nat") == "routed"]
    icc_off = {network.bridge for network in networks if not network.icc}
    target = "{0} . inet_service".format(address)
    port_key = "inet_proto . inet_service"
    return [
        NamedSet(
            "published" + suffix,
            "{0} : {1}".format(port_key, target),
            map=True,
            elements=tuple(_publication(port) for port in natted if port.host_ip is None),
        ),
        NamedSet(
            "published{0}_at".format(suffix),
            "{0} . {1} : {2}".format(address, port_key, target),
            map=True,
            elements=tuple(_publication(port) for port in natted if port.host_ip is not None),
        ),
        NamedSet(
            "reachable" + suffix,
            "{0} . {1}".format(address, port_key),
            _unique("{0} . {1} . {2}".format(port.target, port.protocol, port.target_port) for port in routed),
        ),
        NamedSet(
            "at_home" + suffix,
            "ifname . " + address,
            interval=True,
            elements=tuple('"{0}" . {1}'.format(network.bridge, network.subnet) for network in networks),
        ),
        NamedSet(
            "masquerade" + suffix,
            address,
            interval=True,
            elements=tuple(network.subnet for network in networks if _leaves_masked(network) and not network.snat_to),
        ),
        NamedSet(
            "snat" + suffix,
            "{0} : {0}".format(address),
            map=True,
            interval=True,
            elements=tuple(
                "{0} : {1}".format(network.subnet, network.snat_to)
                for network in networks
                if _leaves_masked(network) and network.snat_to
            ),
        ),
        NamedSet(
            "itself" + suffix,
            "{0} . {0}".format(address),
            _unique("{0} . {0}".format(port.target) for port in natted if port.bridge in icc_off),
        ),
        NamedSet("links" + suffix, "{0} . {0} . {1}".format(address, port_key), _links(ruleset, family)),
        NamedSet("apart" + suffix, address, _apart(ruleset, networks, family)),
        NamedSet("gateways" + suffix, "ifname . " + address, _gateways(networks)),
        NamedSet(
            "elsewhere" + suffix, "{0} . {0}".format(address), _elsewhere(ruleset, networks, natted), interval=True
        ),
    ]


def _publication(port: Publication) -> str:
    key = "{0} . {1}".format(port.protocol, port.published)
    if port.host_ip is not None:
        key = "{0} . {1}".format(port.host_ip, key)
    return "{0} : {1} . {2}".format(key, port.target, port.target_port)


def _leaves_masked(network: NetworkPolicy) -> bool:
    return network.masquerade and not network.internal and network.gateway_mode in ("nat", "nat-unprotected")


def _apart(ruleset: Ruleset, networks: Iterable[NetworkPolicy], family: int) -> Tuple[str, ...]:
    """Our containers on adopted bridges, where they are not alone, that are to be kept apart."""
    bridges = {network.bridge for network in networks if network.external and not network.icc}
    there = [endpoint for endpoint in ruleset.endpoints if endpoint.bridge in bridges]
    link_locals = _link_locals(there)
    return _unique(address for endpoint in there for address in _addresses(endpoint, family, link_locals))


def _gateways(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    """Where a closed network may call the host."""
    return tuple('"{0}" . {1}'.format(n.bridge, n.gateway) for n in networks if n.internal and n.gateway)


def _elsewhere(ruleset: Ruleset, networks: Iterable[NetworkPolicy], ports: Iterable[Publication]) -> Tuple[str, ...]:
    """The target of a published port . the subnet of another of its container's networks, seen with its own source."""
    unmasked = {n.bridge: n.subnet for n in networks if not _leaves_masked(n) and not _is_closed(n)}
    bridges: Dict[str, List[str]] = {}
    for endpoint in ruleset.endpoints:
        bridges.setdefault(endpoint.container, []).append(endpoint.bridge)
    places = {address: endpoint for endpoint in ruleset.endpoints for address in endpoint.addresses}
    return _unique(
        "{0} . {1}".format(port.target, unmasked[bridge])
        for port in ports
        if port.target in places
        for bridge in bridges[places[port.target].container]
        if bridge != port.bridge and bridge in unmasked
    )


def _loopback6(ruleset: Ruleset) -> Tuple[str, ...]:
    """An address of ours for answers to ::1: that of any bridge to which a port is published."""
    published = {port.bridge for port in ruleset.publications if port.family == 6}
    ours = [n for n in ruleset.networks if n.family == 6 and n.bridge in published and not n.external]
    return tuple("::1 : {0}".format(network.gateway) for network in ours if network.gateway)[:1]


def _by_family(name: str, elements: Iterable[Tuple[int, str]]) -> NamedSet:
    texts = tuple('ipv{0} . "{1}"'.format(family, bridge) for family, bridge in elements)
    return NamedSet(name, "meta nfproto . iifname", texts, typeof=True)


def _closed(networks: Iterable[NetworkPolicy]) -> List[Tuple[int, str]]:
    """No way in or out: internal, isolated, and the family that an own bridge does not have at all."""
    networks = tuple(networks)
    declared = {(network.family, network.bridge) for network in networks}
    closed = [(network.family, network.bridge) for network in networks if _is_closed(network)]
    adopted = {network.bridge for network in networks if network.external}
    for bridge in _unique(network.bridge for network in networks):
        closed += [(f, bridge) for f in (4, 6) if (f, bridge) not in declared and bridge not in adopted]
    return closed


def _is_closed(network: NetworkPolicy) -> bool:
    return network.internal or network.gateway_mode == "isolated"


def _with_mode(networks: Iterable[NetworkPolicy], mode: str) -> List[Tuple[int, str]]:
    return [(n.family, n.bridge) for n in networks if n.gateway_mode == mode and not n.internal]


def _trusted(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    return _unique('"{0}" . "{1}"'.format(i, n.bridge) for n in networks for i in n.trusted_host_interfaces)


def _hooks(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    return _unique('"{0}" : jump {1}{2}'.format(n.bridge, USER_CHAIN, n.network) for n in networks)


def _links(ruleset: Ruleset, family: int) -> Tuple[str, ...]:
    return _unique(
        "{0} . {1} . {2} . {3}".format(link.source, link.target, link.protocol, link.port)
        for link in ruleset.links
        if _family_of(link.source) == family
    )


# --- table inet: the rules ----------------------------------------------------------------------------------------


def _inet_chains(ruleset: Ruleset) -> Tuple[Chain, ...]:
    user = _unique(USER_CHAIN + network.network for network in ruleset.networks)
    return _INET_CHAINS + tuple(Chain(name) for name in user)


_INET_CHAINS = (
    Chain(
        "guard",
        (
            "iifname @bridges ip saddr 127.0.0.0/8 drop",
            "iifname @bridges ip daddr 127.0.0.0/8 drop",
            'iifname != "lo" ip daddr 127.0.0.0/8 ip daddr . meta l4proto . th dport @published4_at drop',
            'iifname != "lo" ip daddr 127.0.0.0/8 meta l4proto . th dport @published4 drop',
            # What the kernel does itself, but where br_netfilter is on.
            "iifname @bridges ip6 saddr ::1 drop",
            "iifname @bridges ip6 daddr ::1 drop",
            'iifname != "lo" ip6 daddr ::1 ip6 daddr . meta l4proto . th dport @published6_at drop',
            'iifname != "lo" ip6 daddr ::1 meta l4proto . th dport @published6 drop',
        ),
        "type filter hook prerouting priority raw",
    ),
    Chain("publish_in", ("fib daddr type local jump publish",), "type nat hook prerouting priority dstnat"),
    # The kernel delivers nothing to ::1 that comes from a bridge: an answer wears another address on its way.
    Chain(
        "answer",
        ("iifname @bridges ip6 daddr ::1 ip6 daddr set ip6 daddr map @loopback6",),
        "type filter hook prerouting priority -90",
    ),
    Chain("publish_out", ("fib daddr type local jump publish",), "type nat hook output priority -100"),
    Chain(
        "publish",
        (
            "dnat ip to ip daddr . meta l4proto . th dport map @published4_at",
            "dnat ip to meta l4proto . th dport map @published4",
            # Neither can be forwarded: a link-local source by RFC 4291, and ::1 where no bridge lends its address.
            "ip6 saddr fe80::/10 return",
            "ip6 saddr ::1 ip6 saddr != @loopback6 return",
            "dnat ip6 to ip6 daddr . meta l4proto . th dport map @published6_at",
            "dnat ip6 to meta l4proto . th dport map @published6",
        ),
    ),
    # An adopted bridge may be the one by which the host is administered.
    Chain(
        "input",
        (
            "iifname @bridges ct direction reply ct original ip6 saddr ::1 ip6 daddr set ::1",
            "iifname != @adopted meta nfproto . iifname @closed goto for_host",
        ),
        "type filter hook input priority filter",
    ),
    Chain(
        "for_host",
        (
            "ct state established,related accept",
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept",
            "iifname . ip daddr @gateways4 accept",
            "iifname . ip6 daddr @gateways6 accept",
            "drop",
        ),
    ),
    Chain(
        "forward",
        (
            "iifname vmap @hooks",
            "oifname vmap @hooks",
            "iifname . oifname @staying goto within",
            "meta nfproto . iifname @closed drop",
            "meta nfproto . oifname @closed drop",
            "oifname @bridges goto into",
        ),
        "type filter hook forward priority filter",
    ),
    Chain(
        "within",
        (
            "iifname != @icc_off accept",
            # Whoever else is on an adopted bridge is no neighbour that icc keeps apart: its uplink, say.
            "iifname @adopted ip saddr != @apart4 accept",
            "iifname @adopted ip daddr != @apart4 accept",
            "iifname @adopted ip6 saddr != @apart6 accept",
            "iifname @adopted ip6 daddr != @apart6 accept",
            # Where somebody turned br_netfilter on, bridged frames come by too; a routed one would have lost a hop.
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept",
            "ct state established,related accept",
            "ip saddr . ip daddr @itself4 accept",
            "ip6 saddr . ip6 daddr @itself6 accept",
            "ip saddr . ip daddr . meta l4proto . th dport @links4 accept",
            "ip6 saddr . ip6 daddr . meta l4proto . th dport @links6 accept",
            "drop",
        ),
    ),
    Chain(
        "into",
        (
            # An adopted bridge may lead to the world; only its subnet is a network of ours.
            "oifname @adopted oifname . ip daddr != @at_home4 accept",
            "oifname @adopted oifname . ip6 daddr != @at_home6 accept",
            "ct state established,related accept",
            "ct status dnat accept",
            "ip daddr . meta l4proto . th dport @reachable4 accept",
            "ip6 daddr . meta l4proto . th dport @reachable6 accept",
            "iifname @isolated drop",
            "iifname @bridges oifname @isolated drop",
            "iifname . ip saddr @at_home4 accept",
            "iifname . ip6 saddr @at_home6 accept",
            "iifname . oifname @trusted accept",
            "meta nfproto . oifname @unprotected accept",
            "meta nfproto . oifname @routed meta l4proto { icmp, ipv6-icmp } accept",
            "drop",
        ),
    ),
    Chain(
        "postrouting",
        (
            "fib daddr type { broadcast, multicast } return",
            "oifname @bridges ip saddr 127.0.0.0/8 masquerade fully-random",
            "ct status dnat oifname . ip saddr @at_home4 masquerade fully-random",
            "ct status dnat oifname . ip6 saddr @at_home6 masquerade fully-random",
            "ct status dnat ip daddr . ip saddr @elsewhere4 masquerade fully-random",
            "ct status dnat ip6 daddr . ip6 saddr @elsewhere6 masquerade fully-random",
            # The host asked: a container that is also on the network of this address would answer there instead.
            "ct status dnat oifname @bridges fib saddr type local masquerade fully-random",
            "oifname . ip saddr @at_home4 return",
            "oifname . ip6 saddr @at_home6 return",
            "snat ip to ip saddr map @snat4 fully-random",
            "snat ip6 to ip6 saddr map @snat6 fully-random",
            "ip saddr @masquerade4 masquerade fully-random",
            "ip6 saddr @masquerade6 masquerade fully-random",
        ),
        "type nat hook postrouting priority srcnat",
    ),
)


# --- table bridge -------------------------------------------------------------------------------------------------


def _bridge_sets(ruleset: Ruleset) -> Tuple[NamedSet, ...]:
    unguarded = {network.bridge for network in ruleset.networks if not network.anti_spoofing}
    guarded = [endpoint for endpoint in ruleset.endpoints if endpoint.bridge not in unguarded]
    link_locals = _link_locals(ruleset.endpoints)
    # By port, for "meta ibrname" is a module that small kernels leave out.
    apart = {network.bridge for network in ruleset.networks if not network.icc}
    icc_off = _unique(endpoint.host_ifname for endpoint in ruleset.endpoints if endpoint.bridge in apart)
    six = [(endpoint, address) for endpoint in guarded for address in _addresses(endpoint, 6, link_locals)]
    pairs6 = _pairs(ruleset, 6, link_locals)
    return (
        NamedSet("ports", "ifname", _quoted(endpoint.host_ifname for endpoint in guarded)),
        NamedSet(
            "macs",
            "ifname . ether_addr",
            tuple('"{0}" . {1}'.format(endpoint.host_ifname, endpoint.mac) for endpoint in guarded),
        ),
        NamedSet(
            "addresses4",
            "ifname . ipv4_addr",
            tuple(
                '"{0}" . {1}'.format(endpoint.host_ifname, address)
                for endpoint in guarded
                for address in _addresses(endpoint, 4, link_locals)
            ),
        ),
        NamedSet("addresses6", "ifname . ipv6_addr", tuple('"{0}" . {1}'.format(e.host_ifname, a) for e, a in six)),
        NamedSet(
            "nd_targets",
            "iifname . @th,64,128",
            typeof=True,
            elements=tuple('"{0}" . {1}'.format(e.host_ifname, _hex(a)) for e, a in six),
        ),
        NamedSet("icc_off", "ifname", _quoted(icc_off)),
        NamedSet("returning", "ifname . ifname", tuple('"{0}" . "{0}"'.format(ifname) for ifname in icc_off)),
        NamedSet("links4", "ipv4_addr . ipv4_addr . inet_proto . inet_service", _links(ruleset, 4)),
        NamedSet("links6", "ipv6_addr . ipv6_addr . inet_proto . inet_service", _links(ruleset, 6)),
        NamedSet(
            "pairs4",
            "ipv4_addr . ipv4_addr",
            tuple("{0} . {1}".format(*pair) for pair in _pairs(ruleset, 4, link_locals)),
        ),
        NamedSet("pairs6", "ipv6_addr . ipv6_addr", tuple("{0} . {1}".format(*pair) for pair in pairs6)),
        NamedSet(
            "nd_pairs",
            "ip6 saddr . @th,64,128",
            typeof=True,
            elements=tuple("{0} . {1}".format(source, _hex(target)) for source, target in pairs6),
        ),
    )


def _link_locals(endpoints: Iterable[Endpoint]) -> Dict[str, str]:
    """Interface → the fe80 address that its kernel makes of its MAC, for those that speak IPv6."""
    return {
        endpoint.host_ifname: link_local(endpoint.mac)
        for endpoint in endpoints
        if any(_family_of(address) == 6 for address in endpoint.addresses)
    }


def _addresses(endpoint: Endpoint, family: int, link_locals: Dict[str, str]) -> Tuple[str, ...]:
    own = [address for address in endpoint.addresses if _family_of(address) == family]
    if family == 6 and endpoint.host_ifname in link_locals:
        own.append(link_locals[endpoint.host_ifname])
    return _unique(own)


def _pairs(ruleset: Ruleset, family: int, link_locals: Dict[str, str]) -> List[Tuple[str, str]]:
    """Both directions of every link, under every name that the two resolve each other by."""
    names: Dict[str, List[str]] = {}
    for endpoint in ruleset.endpoints:
        for address in endpoint.addresses:
            names[address] = [address] + [link_locals[i] for i in (endpoint.host_ifname,) if i in link_locals]
    pairs: Set[Tuple[str, str]] = set()
    for link in ruleset.links:
        if _family_of(link.source) != family:
            continue
        sources, targets = ([link.source], [link.target])
        if family == 6:
            sources, targets = names.get(link.source, sources), names.get(link.target, targets)
        for source in sources:
            for target in targets:
                pairs |= {(source, target), (target, source)}
    return sorted(pairs)


_BRIDGE_CHAINS = (
    Chain("guard", ("iifname @ports goto from_port",), "type filter hook prerouting priority -200"),
    Chain(
        "from_port",
        (
            "iifname . ether saddr != @macs drop",
            "ether type arp goto from_port_arp",
            "ether type ip goto from_port_ip",
            "ether type ip6 goto from_port_ip6",
            "drop",
        ),
    ),
    Chain(
        "from_port_arp",
        (
            "arp htype != 1 drop",
            "arp ptype != ip drop",
            "arp operation != { request, reply } drop",
            "iifname . arp saddr ether != @macs drop",
            "arp saddr ip 0.0.0.0 arp operation request accept",
            "iifname . arp saddr ip != @addresses4 drop",
        ),
    ),
    Chain(
        "from_port_ip",
        (
            "udp sport 67 drop",
            "iifname . ip saddr != @addresses4 drop",
        ),
    ),
    Chain(
        "from_port_ip6",
        (
            "icmpv6 type { nd-router-advert, nd-redirect } drop",
            "udp sport 547 drop",
            "icmpv6 type nd-neighbor-advert iifname . @th,64,128 != @nd_targets drop",
            "ip6 saddr :: icmpv6 type nd-neighbor-solicit iifname . @th,64,128 @nd_targets accept",
            "ip6 saddr :: icmpv6 type { nd-router-solicit, mld-listener-report, mld2-listener-report } accept",
            "iifname . ip6 saddr != @addresses6 drop",
        ),
    ),
    Chain("forward", ("iifname @icc_off oifname @icc_off goto neighbours",), "type filter hook forward priority 0"),
    Chain(
        "neighbours",
        (
            # Back to where it came from: with br_netfilter, a container that calls its own published port.
            "iifname . oifname @returning accept",
            "arp saddr ip . arp daddr ip @pairs4 accept",
            "ip saddr . ip daddr . meta l4proto . th dport @links4 accept",
            "ip6 saddr . ip6 daddr . meta l4proto . th dport @links6 accept",
            # Of a datagram in pieces only the first one tells its port; without that one the others are nothing.
            "ip frag-off & 0x1fff != 0 ip saddr . ip daddr @pairs4 accept",
            "frag frag-off != 0 ip6 saddr . ip6 daddr @pairs6 accept",
            # The way back. There may be no conntrack for bridges, so a first segment is told by its flags.
            "tcp flags & (syn | ack) == syn drop",
            "ip daddr . ip saddr . meta l4proto . th sport @links4 accept",
            "ip6 daddr . ip6 saddr . meta l4proto . th sport @links6 accept",
            "icmp type destination-unreachable ip saddr . ip daddr @pairs4 accept",
            "icmpv6 type { destination-unreachable, packet-too-big } ip6 saddr . ip6 daddr @pairs6 accept",
            "icmpv6 type nd-neighbor-solicit ip6 saddr . @th,64,128 @nd_pairs accept",
            "icmpv6 type nd-neighbor-advert ip6 saddr . ip6 daddr @pairs6 accept",
            "drop",
        ),
    ),
)


def _family_of(address: str) -> int:
    return 6 if ":" in address else 4


def _address_type(family: int) -> str:
    return "ipv4_addr" if family == 4 else "ipv6_addr"


def _hex(address: str) -> str:
    return "0x{0:032x}".format(int(ipaddress.IPv6Address(address)))


def _quoted(names: Iterable[str]) -> Tuple[str, ...]:
    return tuple('"{0}"'.format(name) for name in names)


def _unique(items: Iterable[str]) -> Tuple[str, ...]:
    return tuple(dict.fromkeys(items))
