# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that change without a lost packet: by which keys two hosts talk to each other. Pure.

While keys change, a host has several ends of its tunnel, each with a key, a port and an interface of its own, numbered
in the order in which they were made (``TunnelEnd.turn``). Two hosts talk by pairs of ends: they take packets by all of
them, and send by the first one. A change has three steps, each of which all hosts have behind them before the next one:

``receive``  each has a further end, and takes packets by it;
``send``     each sends by it;
``finish``   what nobody sends by any more goes.

A host that is not in the run, or fails in one step, keeps the pairs that it knows: with it the others talk by these
until it was in all three steps.

Where all reach each other by way of a hub, it passes on what comes by one end to who calls the same end: there all send
by their new ones together, and none before all hosts are ready.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Collection, Dict, List, Mapping, Tuple

from .exchange import Membership, Peer, TunnelEnd, Ways
from .members import Identity

RECEIVE, SEND, FINISH = "receive", "send", "finish"
STEPS = ("", RECEIVE, SEND, FINISH)

Identities = Mapping[str, Identity]
#: Inventory name → inventory name of another host → the pairs of ends by which the first talks to the other.
AllWays = Dict[str, Dict[str, Ways]]


def in_use(ends: List[TunnelEnd], current: int, ready: int, step: str) -> Tuple[TunnelEnd, Tuple[TunnelEnd, ...]]:
    """Of a host's ends, the one that new acquaintances are told to send to, and the others. ``current``: which it was.
    ``ready``: the newest that the host takes packets by."""
    chosen = ready if step == SEND else current
    first = next(each for each in ends if each.turn == chosen)
    return first, tuple(each for each in ends if each.turn != chosen)


def step_by(hub: str, hosts: Collection[str], identities: Identities, step: str) -> Tuple[str, Tuple[str, ...]]:
    """Of a network with or without a ``hub``: the step that its hosts take now, and those that are waited for with
    the one which was asked for; until these are there, all stay as they are."""
    if not hub or step not in (SEND, FINISH):
        return step, ()
    behind = [host for host in hosts if host not in identities] or [
        host for host in hosts if not _is_along(host, hub, identities, step)
    ]
    return "" if behind else step, tuple(behind)


def _is_along(host: str, hub: str, identities: Identities, step: str) -> bool:
    own = identities[host]
    if step == SEND:
        return _has_further(own) and (host == hub or _hear(own, identities[hub]))
    return all(each.turn < own.turn for each in own.further)


def _has_further(identity: Identity) -> bool:
    return any(each.turn > identity.turn for each in identity.further)


def usual(own: Peer, peer: Peer) -> Ways:
    """By which hosts talk that are told of no other pairs."""
    if own.tunnel is None or peer.tunnel is None:
        return ()
    return ((own.tunnel.turn, peer.tunnel.turn),)


def ways_to(membership: Membership, host: str) -> Ways:
    return membership.ways.get(host) or usual(membership.own, membership.peers[host])


def settle(
    network: str, peers: Mapping[str, Peer], identities: Identities, step: str, hub: str = ""
) -> Tuple[Dict[str, Peer], AllWays]:
    """``peers``: the hosts of an encrypted network with all of their ends. What comes back has those alone that
    somebody goes by, and the pairs of those that talk by others than the usual ones. ``hub``: who alone talks to each
    of them; empty: all to all."""
    if not step and not any(peer.further for peer in peers.values()):
        return dict(peers), {}
    asked = [host for host in peers if host in identities]
    before = {host: _known(network, identities[host]) for host in asked}
    ways: AllWays = {host: {} for host in asked}
    for host in asked:
        for other, peer in peers.items():
            if other != host and (not hub or hub in (host, other)):
                own, back = peers[host], _mirrored(before.get(other, {}).get(peers[host].host_id, ()))
                mine = _valid(before[host].get(peer.host_id, ()), own, peer)
                known = _agreed(mine, _valid(back, own, peer), own.host_id < peer.host_id) or usual(own, peer)
                if other in before and (step != SEND or _hear(identities[host], identities[other])):
                    known = _stepped(known, back, own, peer, step)
                ways[host][other] = known
    return _pruned(peers, ways), _unusual(peers, ways)


def _hear(one: Identity, other: Identity) -> bool:
    """Whether the newest ends of two hosts agreed on a session: the first packet need not wait for one."""
    ends = [max(each.further, key=lambda end: end.turn, default=None) for each in (one, other)]
    first, second = ends
    return first is None or second is None or second.public_key in first.heard or first.public_key in second.heard


def _known(network: str, identity: Identity) -> Dict[str, Ways]:
    """Host id → by which pairs this host talked to it until now."""
    membership = identity.kept.networks.get(network) if identity.kept is not None else None
    if membership is None or membership.own.tunnel is None:
        return {}
    return {peer.host_id: ways_to(membership, host) for host, peer in membership.peers.items()}


def _valid(ways: Ways, own: Peer, peer: Peer) -> Ways:
    turns, theirs = ({each.turn for each in ends_of(host)} for host in (own, peer))
    return tuple(pair for pair in ways if pair[0] in turns and pair[1] in theirs)


def _mirrored(ways: Ways) -> Ways:
    """As the other host has them."""
    return tuple((here, there) for there, here in ways)


def _agreed(mine: Ways, theirs: Ways, first: bool) -> Ways:
    """Two hosts that came to know each other in runs without the other one may have another idea of how: then they do
    not hear each other, and ``first`` is who is right."""
    if not mine or not theirs:
        return mine or theirs
    return mine if first or (mine[0] in theirs and theirs[0] in mine) else theirs


def _stepped(known: Ways, back: Ways, own: Peer, peer: Peer, step: str) -> Ways:
    """``back``: the pairs of the other, as seen from here. Both are in the run."""
    newest = max(each.turn for each in ends_of(own)), max(each.turn for each in ends_of(peer))
    if step == RECEIVE and newest not in known and not _shares(newest, known):
        return (*known, newest)
    if step == SEND and newest in known and newest in back:
        return (newest, *(pair for pair in known if pair != newest))
    if step == FINISH and known[0] == newest and newest in back:
        return (newest,)
    return known


def _shares(pair: Tuple[int, int], known: Ways) -> bool:
    """An interface knows each other host by one key."""
    return any(pair[0] == each[0] or pair[1] == each[1] for each in known)


def ends_of(peer: Peer) -> Tuple[TunnelEnd, ...]:
    return (peer.tunnel, *peer.further) if peer.tunnel is not None else ()


def end_of(peer: Peer, turn: int) -> TunnelEnd:
    """The one of that turn, which the host has."""
    (found,) = (end for end in ends_of(peer) if end.turn == turn)
    return found


def _pruned(peers: Mapping[str, Peer], ways: AllWays) -> Dict[str, Peer]:
    found = dict(peers)
    for host, theirs in ways.items():
        peer = peers[host]
        used = {pair[0] for pairs in theirs.values() for pair in pairs}
        turn = peer.tunnel.turn if peer.tunnel is not None else 0
        kept = tuple(each for each in peer.further if each.turn in used or each.turn > turn)
        found[host] = replace(peer, further=kept)
    return found


def _unusual(peers: Mapping[str, Peer], ways: AllWays) -> AllWays:
    found = {
        host: {other: pairs for other, pairs in theirs.items() if pairs != usual(peers[host], peers[other])}
        for host, theirs in ways.items()
    }
    return {host: theirs for host, theirs in found.items() if theirs}


def behind(membership: Membership) -> List[str]:
    """The hosts to which this one sends by a key that it had before."""
    own = membership.own.tunnel
    return [host for host in membership.peers if own is not None and ways_to(membership, host)[0][0] != own.turn]
