# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WireGuard tunnels: their keys, the file that configures one, what the tool ``wg`` says of one that runs.

A tunnel is configured by a file, written before anything else (wg(8), ``CONFIGURATION FILE FORMAT``): a program that is
killed comes back with what is true. The private key is in that file and in one of its own, both mode 0600, and read
only here: what leaves this module has public halves.

The kernel's own device has the kind ``wireguard``. Where the kernel has none, wireguard-go works on a device ``tun``
that is made to stay: its routes and its mark outlive the program, and what is sent to it meanwhile is dropped.
"""

from __future__ import annotations

import os
import time
from errno import EOPNOTSUPP
from typing import Any, Collection, Dict, Iterable, Iterator, Mapping, Optional, Sequence, Set, Tuple

from . import files, gate, programs, secret_file, tun, x25519
from .data import NamedTuple
from .errors import FabricError
from .host import Host
from .names import TUNNEL_DIRECTORY
from .rtnl import socket as nl
from .rtnl import uapi
from .rtnl.read import RT_TABLE_MAIN, RTPROT_STATIC, Link, RouteEntry, read_routes
from .rtnl.socket import NetlinkError, NetlinkSocket, Request
from .wireguard_files import Config, PeerConfig, config_of, config_text, difference, parsed

KIND, PROGRAM_KIND = "wireguard", tun.KIND
TOOL, PROGRAM = "wg", "wireguard-go"
_KEY = ".key"


class State(NamedTuple):
    """``running``: None where nobody answers for the device. ``written``: what the file says, None without one; that
    others could read it counts as another file. ``routes``: (destination, source)."""

    running: Optional[Config] = None
    written: Optional[Config] = None
    routes: Tuple[Tuple[str, str], ...] = ()

    def words(self) -> Dict[str, Any]:
        return {
            "running": self.running.words() if self.running is not None else None,
            "written": self.written.words() if self.written is not None else None,
            "routes": [list(each) for each in self.routes],
        }


def state_of(words: Mapping[str, Any]) -> State:
    """From ``State.words``."""
    routes = tuple((destination, source) for destination, source in words["routes"])
    return State(config_of(words["running"]), config_of(words["written"]), routes)


# --- keys


def key_file(topology: str) -> str:
    return "{0}/{1}{2}".format(TUNNEL_DIRECTORY, topology, _KEY)


def config_file(topology: str) -> str:
    return "{0}/{1}.conf".format(TUNNEL_DIRECTORY, topology)


def own_public_key(topology: str) -> Optional[str]:
    """Of the key that this host has; None where it has none that can be used."""
    private = _private_key(topology)
    return _public_half(private) if private is not None else None


def make_key(topology: str) -> str:
    """A key of the host's own, on the disk when it returns; its public half."""
    private = x25519.private_key()
    secret_file.write(key_file(topology), private + "\n", "key")
    return x25519.public_key(private)


def forget_keys(topology: str, but: Collection[str] = ()) -> None:
    """All that this host ever had for it. ``but``: the names of the ends of its tunnel that keep theirs."""
    for name in secret_file.tunnels(TUNNEL_DIRECTORY, _KEY, topology):
        if name not in but:
            gate.writing("key")
            files.unlink(key_file(name))


def _private_key(topology: str) -> Optional[str]:
    text = files.read(key_file(topology))
    return text.strip() if text is not None and _public_half(text) is not None else None


def _public_half(private: str) -> Optional[str]:
    try:
        return x25519.public_key(private)
    except ValueError:
        return None


# --- the file


def write_config(topology: str, config: Optional[Config]) -> None:
    """None: there is no file. FabricError where the host has no key, or another one than the configuration is for."""
    path = config_file(topology)
    if config is None:
        if os.path.lexists(path):
            gate.writing("file " + path)
            files.unlink(path)
        return
    private = _private_key(topology)
    if private is None or _public_half(private) != config.public_key:
        text = (
            "{0}: the key of this host is gone, or is another one than the hosts were told of; run the playbook "
            "linuxnet.fabric.site for all of them"
        )
        raise FabricError(text.format(key_file(topology)))
    secret_file.write(path, config_text(private, config), "file " + path)


def written(topology: str) -> Optional[Config]:
    """What is none of ours, or readable for others, is no configuration: it is written again."""
    path = config_file(topology)
    try:
        text = files.read(path) if secret_file.is_ours_alone(path) else None
        return parsed(text) if text is not None else None
    except (FileNotFoundError, KeyError, ValueError):
        return None


# --- what runs


def require_tool() -> None:
    """Raise MissingProgramError where there is no ``wg``."""
    programs.require(TOOL, "for encrypted networks", "https://www.wireguard.com/install/")


def require_program() -> None:
    """Raise MissingProgramError where there is no wireguard-go."""
    reason = "for encrypted networks, for this kernel has no WireGuard"
    programs.require(PROGRAM, reason, "https://git.zx2c4.com/wireguard-go/about/")


def read_state(sock: NetlinkSocket, link: Link, topology: str) -> State:
    """Of a tunnel of ours."""
    routes = tuple(sorted(routes_over(link, read_routes(sock, RT_TABLE_MAIN))))
    return State(_running(link.ifname), written(topology), routes)


def routes_over(link: Link, routes: Iterable[RouteEntry]) -> Iterator[Tuple[str, str]]:
    for route in routes:
        if route.oif == link.index and route.type == "unicast" and route.protocol == RTPROT_STATIC:
            yield route.destination, route.source or ""


def answers(ifname: str) -> bool:
    """Whether a device, or the program behind it, can be asked."""
    return _running(ifname) is not None


def _running(ifname: str) -> Optional[Config]:
    """``wg show IFNAME dump``; its first word is the private key, which is dropped at once."""
    done = programs.run(TOOL, "show", ifname, "dump")
    if done.returncode:
        return None
    first, *rest = (line.split("\t") for line in done.stdout.splitlines())
    del first[0]
    return Config(first[0], int(first[1]), tuple(sorted(map(_shown, rest))))


def heard(ifname: str) -> Set[str]:
    """The public keys of the peers with which there was a handshake; of the rest nothing would come, nor go there."""
    done = programs.run(TOOL, "show", ifname, "latest-handshakes")
    lines = [line.split("\t") for line in done.stdout.splitlines()] if not done.returncode else []
    return {public_key for public_key, seconds in lines if int(seconds)}


def await_heard(ifname: str, peers: Collection[str], seconds: float) -> Set[str]:
    """The same, once all of ``peers`` are among them or so much time went by."""
    deadline = time.monotonic() + seconds
    found = heard(ifname)
    while not found.issuperset(peers) and time.monotonic() < deadline:
        time.sleep(0.1)
        found = heard(ifname)
    return found


def _shown(words: Sequence[str]) -> PeerConfig:
    public_key, _preshared, endpoint, allowed, _handshake, _received, _sent, alive = words
    return PeerConfig(
        public_key=public_key,
        endpoint="" if endpoint == "(none)" else endpoint,
        allowed=() if allowed == "(none)" else tuple(sorted(allowed.split(","))),
        keepalive=0 if alive == "off" else int(alive),
    )


def load(topology: str, ifname: str, wanted: Config, found: Collection[str] = ()) -> None:
    """The device, or the program behind it, takes what the file says and differs; sessions with other peers stay, and
    no packet of theirs is lost. ``found``: the public keys of those that stay where they were heard of last."""
    gate.writing("tunnel " + ifname)
    now = _running(ifname)
    if now is None or now.public_key != wanted.public_key:
        _tell("syncconf", ifname, config_file(topology))
        return
    words = difference(now, wanted, found)
    if words:
        _tell("set", ifname, *words)


def _tell(*words: str) -> None:
    done = programs.run(TOOL, *words)
    if done.returncode:
        raise FabricError("{0}: {1}".format(words[1], done.stderr.strip()))


def make_device(host: Host, ifname: str) -> None:
    """The kernel's own."""
    host.socket.send([_new_link(ifname)])


def is_in_kernel(host: Host) -> bool:
    """Whether this kernel makes devices of its own, for which it loads the module. No interface can have the name that
    it is asked for: it refuses to make it, after it has looked for the kind."""
    try:
        host.socket.ask(_new_link("fabric/asks"))
    except NetlinkError as error:
        return error.errno != EOPNOTSUPP
    return True


def _new_link(ifname: str) -> Request:
    info = nl.nested(uapi.IFLA_LINKINFO, nl.string(uapi.IFLA_INFO_KIND, KIND))
    body = uapi.LINK.pack(0, 0, 0, 0, 0) + nl.string(uapi.IFLA_IFNAME, ifname) + info
    return Request(uapi.RTM_NEWLINK, nl.NLM_F_CREATE | nl.NLM_F_EXCL, body)
