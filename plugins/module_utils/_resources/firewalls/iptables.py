# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accepts of ours in a chain of iptables that is there for the user: Docker's DOCKER-USER, ufw's ufw-before-forward.

Beside Docker a packet that goes on to a bridge of Docker's is returned to it, for Docker's own rules keep apart what
it runs; only their end, the policy, is what ours stand in for.
"""

from __future__ import annotations

from typing import Callable, Iterator, List, Mapping, Sequence, Tuple

from ..._kernel import iptables
from ..._kernel.changes import Change, Subject
from ..._kernel.data import NamedTuple
from ..._kernel.errors import FabricError, MissingProgramError
from ..._kernel.names import firewall_mark
from ..action import Action, operation
from .openings import Opening

_URL = "https://netfilter.org/projects/iptables/"
#: How Docker names the interfaces of its networks, as iptables spells "begins so".
_DOCKERS = ("docker+", "br-+")


class Place(NamedTuple):
    """A chain of table filter; ``leaves``: what goes on to these interfaces is left to the firewall."""

    family: str  # ip | ip6
    chain: str
    leaves: Tuple[str, ...] = ()


def places(family: str) -> Tuple[Tuple[str, Place], ...]:
    """(firewall, place); the first that is there is the one."""
    ufw = "ufw-before-forward" if family == "ip" else "ufw6-before-forward"
    return ("docker", Place(family, "DOCKER-USER", _DOCKERS)), ("ufw", Place(family, ufw))


def incoming(family: str) -> Place:
    """Where ufw has a place for what the host itself is to take; Docker has none."""
    return Place(family, "ufw-before-input" if family == "ip" else "ufw6-before-input")


def rules(place: Place, topology: str, bridges: Sequence[str]) -> List[str]:
    """As iptables writes them. What goes to a bridge of ours comes first: its name may be like one of Docker's."""
    comment = '-m comment --comment "{0}"'.format(firewall_mark(topology))
    found = ["-o {0} {1} -j ACCEPT".format(bridge, comment) for bridge in bridges]
    for bridge in bridges:
        found += ["-i {0} -o {1} {2} -j RETURN".format(bridge, other, comment) for other in place.leaves]
        found.append("-i {0} {1} -j ACCEPT".format(bridge, comment))
    return found


def opening_rules(topology: str, opening: Opening) -> List[str]:
    length, mark = 32 if opening.family == "ip" else 128, firewall_mark(topology)
    text = '-s {0}/{1} -p udp -m udp --dport {2} -m comment --comment "{3}" -j ACCEPT'
    return [text.format(peer, length, opening.port, mark) for peer in opening.peers]


def compare(
    place: Place,
    topology: str,
    bridges: Sequence[str],
    drops: bool,
    foreseen: Mapping[Tuple[str, str, str], Sequence[str]],
) -> Iterator[Action]:
    """``bridges``: those to let through where the firewall ``drops``, or as long as some of it is there.

    ``foreseen``: (family, chain, mark) → the rules that will be there instead of those that are now.
    """

    def told(present: Sequence[str], wanted: Sequence[str]) -> List[str]:
        return _lines(place, topology, _bridges_in(present), bridges if wanted else ())

    return _compare(place, topology, rules(place, topology, bridges), drops, foreseen, told)


def compare_openings(
    place: Place,
    topology: str,
    openings: Sequence[Opening],
    drops: bool,
    foreseen: Mapping[Tuple[str, str, str], Sequence[str]],
) -> Iterator[Action]:
    """The same of what the host itself is to take, of ``openings`` of the place's family."""

    def told(present: Sequence[str], wanted: Sequence[str]) -> List[str]:
        where = "through chain {0} in table {1} filter".format(place.chain, place.family)
        if wanted:
            return ["let {0} {1}".format(opening, where) for opening in openings]
        return ["no longer let {0} hosts' packets {1}".format(len(present), where)]

    wanted = [rule for opening in openings for rule in opening_rules(topology, opening)]
    return _compare(place, topology, wanted, drops, foreseen, told)


def _compare(
    place: Place,
    topology: str,
    asked: List[str],
    drops: bool,
    foreseen: Mapping[Tuple[str, str, str], Sequence[str]],
    told: Callable[[Sequence[str], Sequence[str]], List[str]],
) -> Iterator[Action]:
    mark = firewall_mark(topology)
    live = iptables.rules(place.family, place.chain)
    if live is None:
        if asked and drops:
            raise _unreadable(place)
        return
    known = foreseen.get((place.family, place.chain, mark))
    present = iptables.owned(live, mark) if known is None else list(known)
    wanted = asked if drops or present else []
    if present == wanted and (known is not None or iptables.reached(live, mark)):
        return
    where = {"family": place.family, "chain": place.chain, "mark": mark}
    subject = Subject(host="chain {0} in table {1} filter".format(place.chain, place.family))
    lines = told(present, wanted)
    yield Action(
        lines[0],
        subject,
        (operation("iptables.own", rules=wanted, **where),),
        (operation("iptables.own", rules=present, **where),),
        before={"rules": present} if present else {},
        after={"rules": wanted} if wanted else {},
        also=tuple(Change(line, subject) for line in lines[1:]),
    )


def _unreadable(place: Place) -> FabricError:
    """nft shows the chain, but iptables does not."""
    said = iptables.trouble(place.family, place.chain)
    if not said:
        return MissingProgramError("iptables", "to let bridges through its chain {0}".format(place.chain), _URL)
    text = "nothing can be let through chain {0} in table {1} filter (topology_firewall: integrate): {2}"
    return FabricError(text.format(place.chain, place.family, said))


def _bridges_in(present: Sequence[str]) -> List[str]:
    found = (name for rule in present for name in iptables.interfaces(rule) if not name.endswith("+"))
    return list(dict.fromkeys(found))


def _lines(place: Place, topology: str, before: Sequence[str], after: Sequence[str]) -> List[str]:
    where = "chain {0} in table {1} filter".format(place.chain, place.family)
    gone = ["no longer let {0} through {1}".format(name, where) for name in before if name not in after]
    come = ["let {0} through {1}".format(name, where) for name in after if name not in before]
    return gone + come or ["repair the rules of topology {0} in {1}".format(topology, where)]
