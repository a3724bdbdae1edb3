# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one accept that another firewall provides for, so that it lets pass what our own rules let pass.

Which is all that comes from a bridge of ours or goes to one: our own forward chain still decides about each of these
packets, for an accept ends only the chain in which it stands. So there are few entries for a network, none for a
container or a port:

- Docker: rules in its chain DOCKER-USER, behind what the user has put there;
- ufw: the same in its chain ufw-before-forward and, for its next reload, in /etc/ufw/before.rules (or before6.rules);
- firewalld: a zone of our own with our bridges, and two policies that let pass what comes from it and goes to it.

Where hosts share networks, ufw and firewalld let in what the other hosts send for these (``openings.py``), too.

What is put in carries our mark and is compared and taken out by that. It comes where such a firewall drops; once it is
there it stays as long as it is asked for, whether or not the firewall is active at the moment.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import Collection, Dict, FrozenSet, Iterator, List, Mapping, Optional, Sequence, Tuple

from ..._kernel import files, nft
from ..._kernel.data import NamedTuple, dataclass
from ..._kernel.errors import DeclarationError, Problem
from ..action import Action
from ..ruleset.model import Ruleset
from . import firewalld as firewall_firewalld
from . import foreign as foreign_firewall
from . import in_front
from . import iptables as firewall_iptables
from . import ufw as firewall_ufw
from .foreign import Advice, Chains
from .openings import Opening, openings, warning

WARN, INTEGRATE, IGNORE = "warn", "integrate", "ignore"
_VERSIONS = {"ip": 4, "ip6": 6}
#: The chain of a firewalld whose FirewallBackend is iptables: before 2.0, before 2.5, and since.
_ZONES = ("FORWARD_ZONES", "FORWARD_POLICIES", "FORWARD_dispatch")
_INCOMING_ZONES = ("INPUT_ZONES", "INPUT_POLICIES", "INPUT_dispatch")
_FIREWALLD_CONF = "/etc/firewalld/firewalld.conf"
#: To others, more than this may be a pattern, such as "br+" to iptables.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")
_STRANGE = (
    '"{0}": topology_firewall: integrate tells other firewalls the name, for which it may have letters, digits, "_", '
    '"." and "-" only, and no "-" or "." first'
)
_ASK = "topology_firewall: integrate lets them pass, and so do by hand"
_ADVICE = {
    "docker": Advice(_ASK, tuple("{iptables} -I DOCKER-USER " + way + " {bridge} -j ACCEPT" for way in ("-i", "-o"))),
    "ufw": Advice(_ASK, tuple("ufw route allow " + way + " on {bridge}" for way in ("in", "out"))),
    "firewalld": Advice(
        _ASK,
        ("firewall-cmd --permanent --zone=trusted --add-interface={bridge}",),
        ("firewall-cmd --reload",),
    ),
    "": Advice(
        "It is none in which topology_firewall: integrate knows a place (Docker's, ufw's or firewalld's). Add by hand",
        tuple("nft insert rule {family} {table} {name} " + way + " {bridge} accept" for way in ("iifname", "oifname")),
    ),
}


class FirewallActions(NamedTuple):
    """``first`` takes away, before our own rules go; ``after`` lets through, once they are there."""

    first: Tuple[Action, ...] = ()
    after: Tuple[Action, ...] = ()


NOTHING_TO_DO = FirewallActions()


@dataclass(frozen=True)
class Foreseen:
    """What a way back that was not gone yet will leave: our rules by (family, chain, mark), whole files, and the
    interfaces of zones in a running firewalld.
    """

    rules: Mapping[Tuple[str, str, str], Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Optional[str]] = field(default_factory=dict)
    zones: Mapping[str, Sequence[str]] = field(default_factory=dict)


AS_IT_IS = Foreseen()


class HostFirewall:
    """What else decides about our packets on this host, for one topology."""

    def __init__(self, topology: str, mode: str, ruleset: Optional[Ruleset]) -> None:
        self._topology, self._mode, self._ruleset = topology, mode, ruleset
        self._bridges = _bridges(ruleset) if mode == INTEGRATE else {}
        self._needed = openings(ruleset)
        self._tunnels = _tunnels(ruleset)
        self._opened = self._needed if mode == INTEGRATE else ()
        self._chains: Optional[Chains] = None

    def plan(self, foreseen: Foreseen = AS_IT_IS) -> FirewallActions:
        """What is left to do there. ``foreseen``: of a run that is yet to be taken back, what that will leave."""
        chains = foreign_firewall.read()
        actions = [*self._in_iptables(chains, foreseen), *self._in_firewalld(chains, foreseen)]
        self._chains = None if actions else chains
        gone = tuple(action for action in actions if not action.after)
        return FirewallActions(gone, tuple(action for action in actions if action.after))

    def warnings(self, bridges: Mapping[int, Sequence[str]]) -> List[str]:
        """A sentence for each chain of others that drops what these bridges forward, and goes on to do so.

        ``bridges``: version of IP → those that forward packets of it.
        """
        if self._mode == IGNORE or not any(bridges.values()):
            return []
        chains = self._chains or foreign_firewall.read()
        found = list(self._shut(chains)) if self._needed else []
        for chain in chains.forwarding:
            kind = _kind(chain, chains)
            done = _seen_by(chain, self._bridges) if kind else frozenset()
            left = sorted(_seen_by(chain, bridges) - done)
            if kind == "firewalld":  # which asks into which zone a packet goes, and out of which it comes
                left += sorted({ifname for bridge in left for ifname in self._tunnels.get(bridge, ())})
            found.append(foreign_firewall.judge(chain, left, _advice(chain, kind)) if left else "")
        return [sentence for sentence in found if sentence]

    def in_front(self, own: Collection[str]) -> List[str]:
        """A sentence for each chain of others that sends elsewhere what comes to a port that is published here.

        ``own``: the host's addresses.
        """
        ports = self._ruleset.publications if self._ruleset is not None else ()
        if self._mode == IGNORE or not ports:
            return []
        chains = self._chains or foreign_firewall.read()
        return [in_front.told(each) for each in in_front.taken(chains.in_front, ports, own)]

    def _shut(self, chains: Chains) -> Iterator[str]:
        """What keeps the other hosts of overlay networks out."""
        for chain in chains.incoming:
            kind = _kind_of_incoming(chain, chains)
            for opening in self._needed if not (kind and self._opened) else ():
                if chain["family"] in (opening.family, "inet"):
                    yield warning(chain, chains, kind, opening, nft.list_rules) or ""

    def _in_iptables(self, chains: Chains, foreseen: Foreseen) -> Iterator[Action]:
        for family, version in _VERSIONS.items():
            bridges = self._bridges.get(version, ())
            drops = bool(bridges) and _drops(chains, family, "filter")
            taken = _place(chains, family) if bridges else None
            for kind, place in firewall_iptables.places(family):
                here = bridges if taken == kind else ()
                if chains.has(family, "filter", place.chain):
                    yield from firewall_iptables.compare(place, self._topology, here, drops, foreseen.rules)
            opened = tuple(opening for opening in self._opened if opening.family == family)
            shut = bool(opened) and _ufw_shuts(chains, family)
            place = firewall_iptables.incoming(family)
            if chains.has(family, "filter", place.chain):
                yield from firewall_iptables.compare_openings(place, self._topology, opened, shut, foreseen.rules)
            # While ufw is not active, and nobody else is in charge, its file stays ready for when it is.
            mine = bridges if taken in (None, "ufw") else ()
            yield from self._in_ufw(family, mine, taken == "ufw" and drops, opened, shut, foreseen)

    def _in_ufw(
        self,
        family: str,
        bridges: Sequence[str],
        drops: bool,
        opened: Sequence[Opening],
        shut: bool,
        foreseen: Foreseen,
    ) -> Iterator[Action]:
        """``drops``, ``shut``: ufw is active now, and does so with what is forwarded, with what is for the host."""
        (_docker, (_ufw, place)), incoming = firewall_iptables.places(family), firewall_iptables.incoming(family)
        lines: List[str] = []
        whose: List[str] = []
        if drops or firewall_ufw.is_in_use(family, self._topology, place.chain, foreseen.files):
            lines += firewall_ufw.forwarding(place, self._topology, bridges)
            whose += bridges
        if shut or firewall_ufw.is_in_use(family, self._topology, incoming.chain, foreseen.files):
            lines += firewall_ufw.incoming(incoming, self._topology, opened)
            whose += [str(opening) for opening in opened]
        yield from firewall_ufw.compare(family, self._topology, lines, whose, foreseen.files)

    def _in_firewalld(self, chains: Chains, foreseen: Foreseen) -> Iterator[Action]:
        bridges = tuple(sorted({bridge for each in self._bridges.values() for bridge in each}))
        drops = bool(bridges) and any(
            _kind(chain, chains) == "firewalld" and foreign_firewall.end(chain) is not None
            for chain in chains.forwarding
        )
        yield from firewall_firewalld.compare(
            self._topology, bridges, drops, foreseen.files, foreseen.zones, self._opened
        )


def _tunnels(ruleset: Optional[Ruleset]) -> Dict[str, Tuple[str, ...]]:
    """Bridge → what leads from it to the other hosts of an overlay that is routed."""
    networks = ruleset.networks if ruleset is not None else ()
    return {network.bridge: network.tunnel.ifnames for network in networks if network.tunnel is not None}


def _bridges(ruleset: Optional[Ruleset]) -> Dict[int, Tuple[str, ...]]:
    """Version of IP → our own bridges, about whose packets our rules decide. Not one that somebody else has made."""
    networks = [network for network in (ruleset.networks if ruleset is not None else ()) if not network.external]
    strange = {network.network: network.bridge for network in networks if not _PLAIN.match(network.bridge)}
    if strange:
        raise DeclarationError(
            Problem("topology_networks.{0}.bridge".format(name), _STRANGE.format(bridge))
            for name, bridge in strange.items()
        )
    found: Dict[int, Tuple[str, ...]] = {}
    for network in networks:
        found[network.family] = (*found.get(network.family, ()), network.bridge)
    return found


def _drops(chains: Chains, family: str, table: str) -> bool:
    return any(
        foreign_firewall.end(chain) is not None
        for chain in chains.forwarding
        if (chain["family"], chain["table"]) == (family, table)
    )


def _seen_by(chain: Mapping[str, str], bridges: Mapping[int, Sequence[str]]) -> FrozenSet[str]:
    """The bridges from which packets come to a chain: of its family, or of both."""
    versions = [_VERSIONS[chain["family"]]] if chain["family"] in _VERSIONS else list(bridges)
    return frozenset(bridge for version in versions for bridge in bridges.get(version, ()))


def _kind(chain: Mapping[str, str], chains: Chains) -> str:
    """Whose chain it is, of those that we know a place in."""
    if (chain["family"], chain["table"]) == ("inet", "firewalld"):
        return "firewalld"
    return _place(chains, chain["family"]) or "" if chain["table"] == "filter" else ""


def _kind_of_incoming(chain: Mapping[str, str], chains: Chains) -> str:
    """The same of what is for the host itself."""
    if chain["table"] == "firewalld":
        return "firewalld"
    if chain["table"] != "filter" or chain["family"] not in _VERSIONS:
        return ""
    if foreign_firewall.sends_to(chain, firewall_iptables.incoming(chain["family"]).chain):
        return "ufw"
    return "firewalld" if any(foreign_firewall.sends_to(chain, name) for name in _INCOMING_ZONES) else ""


def _ufw_shuts(chains: Chains, family: str) -> bool:
    return any(
        foreign_firewall.end(chain) is not None and _kind_of_incoming(chain, chains) == "ufw"
        for chain in chains.incoming
        if chain["family"] == family
    )


def _advice(chain: Mapping[str, str], kind: str) -> Advice:
    """What iptables asks of a connection nft does not show, so there firewalld's own file tells what it accepts."""
    if kind != "firewalld" or chain["table"] == "firewalld":
        return _ADVICE[kind]
    strict = re.search(r"^\s*StrictForwardPorts\s*=\s*yes", files.read(_FIREWALLD_CONF) or "", re.MULTILINE)
    return _ADVICE[kind]._replace(lets_in_translated=not strict)


def _place(chains: Chains, family: str) -> Optional[str]:
    """Who has a place for us among iptables' rules for forwarded packets: one that they come by."""
    if family not in _VERSIONS:
        return None
    known = [(kind, place.chain) for kind, place in firewall_iptables.places(family)]
    for kind, name in [*known, *(("firewalld", name) for name in _ZONES)]:
        if chains.has(family, "filter", name) and any(
            foreign_firewall.sends_to(chain, name)
            for chain in chains.forwarding
            if (chain["family"], chain["table"]) == (family, "filter")
        ):
            return kind
    return None
