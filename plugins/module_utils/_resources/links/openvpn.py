# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices by which a topology's encrypted networks reach their other hosts: OpenVPN.

A process for each: one that listens for other hosts, or one that calls another host (``_kernel/openvpn_files.py``). The
device is made to stay and is ours; the process of a unit works on it. What configures it is files, written first, that
are compared with what is declared. Like WireGuard's device it comes after the packet rules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import AbstractSet, Iterator, List, Mapping, Optional, Sequence, Tuple

from ..._kernel import names, openvpn_files, tun
from ..._kernel.changes import Change
from ..._kernel.data import NamedTuple, dataclass
from ..._kernel.observe import Observed
from ..._kernel.openvpn import State
from ..._kernel.openvpn_files import but_fingerprints, fingerprints, prefixes, word
from ..._kernel.rtnl.read import Link
from ..._kernel.wireguard_files import endpoint
from .. import ownership
from ..action import Action, Operation, operation
from ..link import taking_the_mark
from . import tunnel, unknown
from .tunnel import DeclaredTunnel

_NOTHING = State()


class VpnPeer(NamedTuple):
    """Another host. ``prefixes``: what may come from there, and is sent there; ``routes``: (destination, source).
    ``client``: the name of its file at a listener; empty: it is called, or another host passes on what is for it."""

    host: str
    prefixes: Tuple[str, ...]
    routes: Tuple[Tuple[str, str], ...]
    fingerprint: str = ""
    client: str = ""


@dataclass(frozen=True)
class Openvpn(DeclaredTunnel):
    """``files``: name below the directory → text. ``server``: the host that is called, and where; empty: it listens."""

    ifname: str
    alias: str
    topology: str
    mtu: int
    files: Tuple[Tuple[str, str], ...]
    peers: Tuple[VpnPeer, ...]
    port: int
    server: str = ""
    addresses: Tuple[str, ...] = ()  # CIDRs
    sysctls: Tuple[Tuple[str, str], ...] = ()

    kind = tun.KIND
    netns = None

    @property
    def config(self) -> str:
        return dict(self.files)[openvpn_files.config_name(self.ifname)]


def compare(desired: Openvpn, observed: Observed) -> List[Action]:
    link = observed.links.get(desired.ifname)
    if link is None:
        made = taking_the_mark(_create(desired), desired.alias, observed.links.values())
        return [made, *_configure(desired, _NOTHING)]
    ownership.refuse_foreign(desired.ifname, desired.alias, link, desired.kind, observed)
    state = observed.tunnels.get(link.index, _NOTHING)
    now = state if isinstance(state, State) else _NOTHING
    return [*tunnel.changes(desired, link, observed), *_configure(desired, now, _elsewhere(link, observed))]


class _Elsewhere(NamedTuple):
    """What there is over other devices of ours: where they lead, and the names of certificates that are let in."""

    destinations: AbstractSet[str] = frozenset()
    clients: AbstractSet[str] = frozenset()


_NOWHERE = _Elsewhere()


def _elsewhere(link: Link, observed: Observed) -> _Elsewhere:
    states = [state for index, state in observed.tunnels.items() if index != link.index and isinstance(state, State)]
    destinations = {destination for state in states for destination, _source in state.routes}
    return _Elsewhere(destinations, {_client(name) for state in states for name, _text in state.files})


def _client(name: str) -> str:
    return name.rpartition("/")[2]


def _create(desired: Openvpn) -> Action:
    how = "it calls {0}".format(desired.server) if desired.server else "port {0}".format(desired.port)
    text = "create {0} of the encrypted networks (OpenVPN, {1}, mtu {2})"
    return tunnel.creation(desired, text.format(desired.ifname, how, desired.mtu), {"mtu": desired.mtu})


# --- its files, and the routes over it


def _configure(desired: Openvpn, now: State, elsewhere: _Elsewhere = _NOWHERE) -> Iterator[Action]:
    """One step, whatever differs: the files, then the process, then the routes."""
    gone = tuple(route for route in now.routes if route not in desired.routes)
    come = tuple(route for route in desired.routes if route not in now.routes)
    restart = _has_to_restart(desired, now, elsewhere)
    told = [*_told(desired, now, gone, restart, elsewhere)]
    if not told:
        return
    first = told[0]
    there = _set(desired.ifname, dict(desired.files), come, gone, restart=restart)
    yield Action(
        first.text,
        first.subject,
        do=(there,),
        undo=(_back(desired.ifname, now, come),),
        before=first.before,
        after=first.after,
        also=tuple(told[1:]),
    )


def _back(ifname: str, now: State, come: Sequence[Tuple[str, str]]) -> Operation:
    """To what the files said, or to none, and no process."""
    return _set(ifname, dict(now.files) if now.files else None, now.routes, come, restart=True)


def _set(
    ifname: str,
    files: Optional[Mapping[str, str]],
    add: Sequence[Tuple[str, str]],
    remove: Sequence[Tuple[str, str]],
    restart: bool = False,
) -> Operation:
    routes = {"add": [list(route) for route in add], "remove": [list(route) for route in remove]}
    return operation("openvpn.set", ifname=ifname, files=files, restart=restart, **routes)


def _has_to_restart(desired: Openvpn, now: State, elsewhere: _Elsewhere) -> bool:
    """Of a listener, not where hosts only left it for another one of ours, as when keys change: who has no file there
    is let in no more, and who stays would be cut off for nothing."""
    there, wanted, name = dict(now.files), dict(desired.files), openvpn_files.config_name(desired.ifname)
    gone = {_client(each) for each in there if each not in wanted}
    if name not in there or not gone <= elsewhere.clients:
        return True
    config, config_now = wanted.pop(name), there.pop(name)
    if any(there.get(each) != text for each, text in wanted.items()):
        return True
    return but_fingerprints(config) != but_fingerprints(config_now) or not (
        set(fingerprints(config)) <= set(fingerprints(config_now))
    )


def _told(
    desired: Openvpn, now: State, gone: Sequence[Tuple[str, str]], restart: bool, elsewhere: _Elsewhere
) -> Iterator[Change]:
    subject, files = desired.subject, dict(now.files)
    config = files.get(openvpn_files.config_name(desired.ifname), "")
    named = [*(_caller(desired, config) if desired.server else _listener(desired, config, files))]
    yield from named
    missing = {route for route in desired.routes if route not in now.routes}
    for peer in desired.peers if config else ():
        for destination, _source in [route for route in peer.routes if route in missing]:
            text = tunnel.route_text(destination in elsewhere.destinations)
            text = text.format(peer.host, desired.ifname, destination)
            yield Change(text, subject, {"route " + destination: None}, {"route " + destination: "on"})
    for destination, source in gone:
        text = "remove the route {0} over {1}".format(destination, desired.ifname)
        yield Change(text, subject, {"route " + destination: source or "on"}, {"route " + destination: None})
    other = tuple(sorted(files.items())) != tuple(sorted(desired.files))
    if other and not named:
        text = "rewrite " + openvpn_files.path_of(openvpn_files.config_name(desired.ifname))
        yield Change(text, subject, {"file": "another"}, {"file": "as declared"})
    unit = names.openvpn_unit(desired.ifname)
    if config and not now.running:
        yield Change("start " + unit, subject, {"running": False}, {"running": True})
    elif config and restart:
        text = "restart {0}: the way to {1} is made anew, and what is sent there meanwhile is lost"
        hosts = ", ".join(peer.host for peer in desired.peers) or "nobody"
        yield Change(text.format(unit, hosts), subject, {}, {"restarted": True})


def _caller(desired: Openvpn, config: str) -> Iterator[Change]:
    """Of one that calls: where, by which certificate; and whom else it reaches there."""
    subject = desired.subject
    wanted, known = _endpoint(desired.config), _endpoint(config) if config else ""
    key = "peer " + desired.server
    if not config:
        for peer in desired.peers:
            by = "" if peer.host == desired.server else ", by way of {0}".format(desired.server)
            text = "reach {0} at {1} over {2}{3}: {4}"
            at = (peer.host, wanted, desired.ifname, by, ", ".join(peer.prefixes))
            yield Change(text.format(*at), subject, {}, {"peer " + peer.host: ", ".join(peer.prefixes)})
        return
    if known != wanted:
        text = "set the endpoint of {0} on {1} from {2} to {3}"
        yield Change(text.format(desired.server, desired.ifname, known, wanted), subject, {key: known}, {key: wanted})
    if fingerprints(config) != fingerprints(desired.config):
        text = "set the certificate of {0} on {1}".format(desired.server, desired.ifname)
        yield Change(text, subject, {key: "another certificate"}, {key: "its certificate"})


def _endpoint(config: str) -> str:
    address, _space, port = word(config, "remote").partition(" ")
    return endpoint(address, port)


def _listener(desired: Openvpn, config: str, files: Mapping[str, str]) -> Iterator[Change]:
    """Of one that listens: whom it lets in, with what, by which certificate; its port."""
    subject, known = desired.subject, set(fingerprints(config))
    was = word(config, "lport")
    if config and was != str(desired.port):
        text = "set the port of {0} from {1} to {2}".format(desired.ifname, was or "none", desired.port)
        yield Change(text, subject, {"port": was}, {"port": desired.port})
    for peer in desired.peers:
        there, shown, key = files.get(peer.client), ", ".join(peer.prefixes), "peer " + peer.host
        if there is None:
            yield Change("let {0} in over {1}: {2}".format(peer.host, desired.ifname, shown), subject, {}, {key: shown})
        elif prefixes(there) != peer.prefixes:
            text = "repair the way to {0} over {1}: {2}".format(peer.host, desired.ifname, shown)
            yield Change(text, subject, {key: ", ".join(prefixes(there))}, {key: shown})
        if there is not None and peer.fingerprint not in known:
            text = "set the certificate of {0} on {1}".format(peer.host, desired.ifname)
            yield Change(text, subject, {key: "another certificate"}, {key: "its certificate"})
    ours = {peer.client for peer in desired.peers} | {openvpn_files.config_name(desired.ifname)}
    for text in [text for name, text in sorted(files.items()) if name not in ours]:
        shown = ", ".join(prefixes(text)) or "that sends nothing"
        gone = "remove the peer {0} from {1}".format(shown, desired.ifname)
        yield Change(gone, subject, {"peer " + shown: "let in"}, {"peer " + shown: None})


# --- taken away, and back


def remove(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
    """Take one of ours away, its process first, for OpenVPN would not notice; its way back is built from what it is
    now."""
    if netns is not None:
        return unknown.remove(link, observed, netns)
    state = observed.tunnels.get(link.index, _NOTHING)
    now = state if isinstance(state, State) else _NOTHING
    back = (_back(link.ifname, now, ()),) if now.files or now.routes else ()
    text = "remove {0} of the encrypted networks (OpenVPN)".format(link.ifname)
    away = tunnel.removal(link, observed, text, back)
    return replace(away, do=(_set(link.ifname, None, (), ()), *away.do), before={"mtu": link.mtu})


FIELDS = ("alias", "mtu", "files", "peers", "port", "server", "addresses", "sysctls")
