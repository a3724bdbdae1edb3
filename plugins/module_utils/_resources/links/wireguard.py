# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel by which a topology's encrypted networks reach their other hosts: WireGuard.

One for all of them. It is a device of the kernel, or where the kernel has no WireGuard, one that a program of a unit
works on (``_kernel/wireguard.py``). Its configuration is a file, written first; who may send what is in there, and what
the program or the kernel was told is compared with it and with what is declared. Like a VXLAN device it comes after the
packet rules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import AbstractSet, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from ..._kernel import names, wireguard
from ..._kernel.changes import Change
from ..._kernel.data import NamedTuple, dataclass
from ..._kernel.observe import Observed
from ..._kernel.rtnl.read import Link
from ..._kernel.wireguard import State
from ..._kernel.wireguard_files import Config, PeerConfig
from .. import ownership
from ..action import Action, Operation, operation
from ..link import taking_the_mark
from . import tunnel, unknown
from .kind import Kind
from .tunnel import DeclaredTunnel

_NOTHING = State()


class TunnelPeer(NamedTuple):
    """Another host. ``allowed``: what may come from there, and is sent there; ``routes``: (destination, source).

    ``roams``: it, or this host, is behind NAT, so that it is where it was heard of last.
    """

    host: str
    public_key: str
    endpoint: str
    allowed: Tuple[str, ...]
    routes: Tuple[Tuple[str, str], ...]
    keepalive: int = 0
    roams: bool = False

    @property
    def config(self) -> PeerConfig:
        return PeerConfig(self.public_key, self.endpoint, tuple(sorted(self.allowed)), self.keepalive)


@dataclass(frozen=True)
class Wireguard(DeclaredTunnel):
    """``tunnel``: by which its files are called (``names.tunnel_name``). ``unit``: of the program behind it; empty: the
    kernel has WireGuard."""

    ifname: str
    alias: str
    tunnel: str
    public_key: str
    port: int
    mtu: int
    peers: Tuple[TunnelPeer, ...] = ()
    unit: str = ""
    addresses: Tuple[str, ...] = ()  # CIDRs
    sysctls: Tuple[Tuple[str, str], ...] = ()

    netns = None

    @property
    def kind(self) -> str:  # type: ignore[override]
        return wireguard.PROGRAM_KIND if self.unit else wireguard.KIND

    @property
    def config(self) -> Config:
        return Config(self.public_key, self.port, tuple(sorted(peer.config for peer in self.peers)))


def compare(desired: Wireguard, observed: Observed) -> List[Action]:
    link = observed.links.get(desired.ifname)
    if link is None:
        made = taking_the_mark(_create(desired), desired.alias, observed.links.values())
        return [made, *_configure(desired, _NOTHING)]
    if link.kind not in (wireguard.KIND, wireguard.PROGRAM_KIND) or link.kind == desired.kind:
        ownership.refuse_foreign(desired.ifname, desired.alias, link, desired.kind, observed)
    if link.kind != desired.kind:
        away = remove(link, observed)
        why = (
            "the kernel has WireGuard now" if link.kind == wireguard.PROGRAM_KIND else "the kernel has no WireGuard now"
        )
        text = "take {0} away, for {1}: until it is made anew, nothing gets to other hosts".format(desired.ifname, why)
        return [replace(away, text=text, finish=()), _create(desired), *_configure(desired, _NOTHING)]
    state = observed.tunnels.get(link.index, _NOTHING)
    now = state if isinstance(state, State) else _NOTHING
    return [*tunnel.changes(desired, link, observed), *_configure(desired, now, _elsewhere(link, observed))]


def _elsewhere(link: Link, observed: Observed) -> Set[str]:
    """What is sent by another end of a tunnel of ours."""
    states = [state for index, state in observed.tunnels.items() if index != link.index and isinstance(state, State)]
    return {destination for state in states for destination, _source in state.routes}


def _create(desired: Wireguard) -> Action:
    by = ", by wireguard-go" if desired.unit else ""
    text = "create {0} of the encrypted networks (WireGuard{1}, port {2}, mtu {3})"
    shown = text.format(desired.ifname, by, desired.port, desired.mtu)
    return tunnel.creation(desired, shown, {"port": desired.port, "mtu": desired.mtu})


# --- its configuration, and the routes over it


def _configure(desired: Wireguard, now: State, elsewhere: AbstractSet[str] = frozenset()) -> Iterator[Action]:
    """One step, whatever differs: the file, then the device, then the routes."""
    gone = tuple(route for route in now.routes if route not in desired.routes)
    come = tuple(route for route in desired.routes if route not in now.routes)
    changes = [*_told(desired, now, come, gone, elsewhere)]
    if not changes:
        return
    first = changes[0]
    place = {"ifname": desired.ifname, "topology": desired.tunnel, "unit": desired.unit}
    routes = {"add": _lists(come), "remove": _lists(gone)}
    roaming = [peer.public_key for peer in desired.peers if peer.roams]
    there = operation("tunnel.set", config=desired.config.words(), roaming=roaming, **routes, **place)
    yield Action(
        first.text,
        first.subject,
        do=(there,),
        undo=(_back(now, come, place),),
        before=first.before,
        after=first.after,
        also=tuple(changes[1:]),
    )


def _back(now: State, come: Sequence[Tuple[str, str]], place: Mapping[str, str]) -> Operation:
    """To what the file said, or to none, and no program."""
    config = now.written.words() if now.written is not None else None
    return operation("tunnel.set", config=config, add=_lists(now.routes), remove=_lists(come), **place)


def _lists(routes: Sequence[Tuple[str, str]]) -> List[List[str]]:
    return [list(route) for route in routes]


def _told(
    desired: Wireguard,
    now: State,
    come: Sequence[Tuple[str, str]],
    gone: Sequence[Tuple[str, str]],
    elsewhere: AbstractSet[str],
) -> Iterator[Change]:
    subject, wanted = desired.subject, desired.config
    running = now.running
    if running is None and now.written is not None:
        what = "start {0}".format(desired.unit) if desired.unit else "configure {0}".format(desired.ifname)
        yield Change(what, subject, {"running": False}, {"running": True})
    known = running if running is not None else now.written
    if known is not None and known.public_key != wanted.public_key:
        yield Change("set the key of {0}".format(desired.ifname), subject, {"key": "another"}, {"key": "its own"})
    if known is not None and known.port != wanted.port:
        text = "set the port of {0} from {1} to {2}".format(desired.ifname, known.port, wanted.port)
        yield Change(text, subject, {"port": known.port}, {"port": wanted.port})
    peers = {peer.public_key: peer for peer in known.peers} if known is not None else {}
    yield from _peers(desired, peers, now.routes, elsewhere)
    for destination, source in gone:
        text = "remove the route {0} over {1}".format(destination, desired.ifname)
        yield Change(text, subject, {"route " + destination: source or "on"}, {"route " + destination: None})
    if running is not None and now.written != wanted:
        path = wireguard.config_file(desired.tunnel)
        text = "{0} {1}".format("write" if now.written is None else "rewrite", path)
        yield Change(text, subject, {"file": None if now.written is None else "another"}, {"file": "as declared"})


def _peers(
    desired: Wireguard,
    known: Dict[str, PeerConfig],
    routes: Sequence[Tuple[str, str]],
    elsewhere: AbstractSet[str],
) -> Iterator[Change]:
    """Whoever is missing or otherwise, then who is nobody of ours."""
    strangers = {key: peer for key, peer in known.items() if key not in {each.public_key for each in desired.peers}}
    by_allowed = {peer.allowed: key for key, peer in strangers.items() if peer.allowed}
    for peer in desired.peers:
        wanted, word = peer.config, "peer " + peer.host
        now = known.get(peer.public_key)
        if now is None:
            replaced = by_allowed.get(wanted.allowed)
            if replaced is not None:
                del strangers[replaced]
                text = "set the key of {0} on {1}".format(peer.host, desired.ifname)
                yield Change(text, desired.subject, {word: "another key"}, {word: "its key"})
            else:
                text = "reach {0} at {1} over {2}: {3}"
                shown = text.format(peer.host, peer.endpoint, desired.ifname, ", ".join(peer.allowed))
                yield Change(shown, desired.subject, {}, {word: ", ".join((peer.endpoint, *peer.allowed))})
            continue
        if now.allowed != wanted.allowed:
            text = "repair the way to {0} over {1}: {2}".format(peer.host, desired.ifname, ", ".join(peer.allowed))
            yield Change(text, desired.subject, {word: ", ".join(now.allowed)}, {word: ", ".join(wanted.allowed)})
        if now.endpoint != wanted.endpoint and not peer.roams:
            text = "set the endpoint of {0} on {1} from {2} to {3}"
            shown = text.format(peer.host, desired.ifname, now.endpoint or "none", wanted.endpoint)
            yield Change(shown, desired.subject, {word: now.endpoint}, {word: wanted.endpoint})
        if now.keepalive != wanted.keepalive:
            text = "set the keepalive of {0} on {1} from {2} to {3}"
            shown = text.format(peer.host, desired.ifname, now.keepalive or "none", wanted.keepalive or "none")
            yield Change(shown, desired.subject, {word: now.keepalive}, {word: wanted.keepalive})
        for destination, _source in [route for route in peer.routes if route not in routes]:
            text = tunnel.route_text(destination in elsewhere).format(peer.host, desired.ifname, destination)
            yield Change(text, desired.subject, {"route " + destination: None}, {"route " + destination: "on"})
    for _key, stranger in sorted(strangers.items()):
        shown = ", ".join(stranger.allowed) or "that sends nothing"
        text = "remove the peer {0} from {1}".format(shown, desired.ifname)
        yield Change(text, desired.subject, {"peer " + shown: stranger.endpoint}, {"peer " + shown: None})


# --- taken away, and back


def remove(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
    """Take a tunnel of ours away; its way back is built from what it is now."""
    mark = names.parse_alias(next(ownership.marks(link, observed), None))
    turn = names.encryption_turn(mark[1]) if mark is not None else None
    if netns is not None or mark is None or turn is None:
        return unknown.remove(link, observed, netns)
    tunnel_name, state = names.tunnel_name(mark[0], turn), observed.tunnels.get(link.index, _NOTHING)
    now = state if isinstance(state, State) else _NOTHING
    unit = names.wireguard_unit(tunnel_name) if link.kind == wireguard.PROGRAM_KIND else ""
    back = _back(now, (), {"ifname": link.ifname, "topology": tunnel_name, "unit": unit})
    text = "remove {0} of the encrypted networks (WireGuard)".format(link.ifname)
    return replace(
        tunnel.removal(link, observed, text, (back,) if now.written is not None or now.routes else ()),
        finish=(operation("tunnel.forget", topology=tunnel_name),),
        before={"port": now.written.port if now.written is not None else None, "mtu": link.mtu},
    )


KIND = Kind(
    name=wireguard.KIND,
    declared=Wireguard,
    compare=compare,
    remove=remove,
    create=tunnel.create_link,
    configure=None,
    mutable=("alias", "public_key", "port", "mtu", "peers", "addresses", "sysctls"),
    after_rules=True,
    settings=tunnel.SETTINGS,
)
