# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenVPN tunnels: the host's certificate, the files that configure a process, what of it is there.

Key and certificate are one file, mode 0600, which is read here and by OpenVPN alone: what leaves this module is the
certificate. A process works on a device ``tun`` that is made to stay, as wireguard-go does (``wireguard.py``); its unit
is called as the device is, and lets it make none by itself.
"""

from __future__ import annotations

import os
import re
import socket
import time
from typing import Any, Collection, Dict, Iterable, Iterator, Mapping, Optional, Set, Tuple

from . import files, gate, names, programs, secret_file, systemd, wireguard, x509
from .data import NamedTuple
from .errors import FabricError
from .names import OPENVPN_DIRECTORY
from .openvpn_files import IDENTITY, clients_name, config_name, identity_file, path_of, word
from .rtnl.read import RT_TABLE_MAIN, Link, read_routes
from .rtnl.socket import NetlinkSocket

PROGRAM, TOOL = "openvpn", "openssl"
#: The first that knows others by fingerprint (Changes.rst of OpenVPN 2.6).
LEAST = (2, 6)
#: What a process that calls tells systemd then (init.c of OpenVPN 2.6, initialization_sequence_completed).
_CONNECTED = "Initialization Sequence Completed"
#: How long a certificate is good, in days: ten years.
DAYS = 3652
#: How long before its end every run says so, in seconds.
NOTICE = 30 * 86400


class State(NamedTuple):
    """Of one process. ``files``: (name below the directory, text); ``routes``: (destination, source)."""

    running: bool = False
    files: Tuple[Tuple[str, str], ...] = ()
    routes: Tuple[Tuple[str, str], ...] = ()

    def words(self) -> Dict[str, Any]:
        """As JSON has it."""
        pairs = {"files": [list(each) for each in self.files], "routes": [list(each) for each in self.routes]}
        return {"running": self.running, **pairs}


def state_of(words: Mapping[str, Any]) -> State:
    """From ``State.words``."""
    files_there = tuple((name, text) for name, text in words["files"])
    return State(words["running"], files_there, tuple((to, source) for to, source in words["routes"]))


# --- the certificate


def own_certificate(tunnel: str) -> Optional[str]:
    """As ``x509.read`` takes it; None where this host has none that can be used. ``tunnel``: ``names.tunnel_name``."""
    text = files.read(identity_file(tunnel))
    try:
        found = x509.of_pem(text or "")
        x509.read(found)
        return found if "PRIVATE KEY-----" in (text or "") else None
    except ValueError:
        return None


def make_certificate(tunnel: str, common_name: str, check_mode: bool = False) -> str:
    """A key and a certificate of the host's own (EC P-256, signed by itself), on the disk when it returns. A check
    keeps neither: it answers with that of nobody, which no line shows."""
    import tempfile  # for a certificate alone

    require_tool()
    with tempfile.TemporaryDirectory(prefix="linuxnet-fabric-") as directory:  # mode 0700
        key, certificate = directory + "/key", directory + "/certificate"
        subject = ("-subj", "/CN=" + common_name, "-days", str(DAYS), "-sha256")
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        done = programs.run(TOOL, "req", "-x509", *curve, "-keyout", key, "-out", certificate, *subject)
        if done.returncode:
            raise FabricError("openssl makes no certificate: {0}".format(done.stderr.strip()))
        text = (files.read(key) or "") + (files.read(certificate) or "")
    if not check_mode:
        secret_file.write(identity_file(tunnel), text, "key")
    return x509.of_pem(text)


def forget_certificates(topology: str, but: Collection[str] = ()) -> None:
    """All that this host ever had for it. ``but``: the names of the ends of its tunnel that keep theirs."""
    for tunnel in secret_file.tunnels(OPENVPN_DIRECTORY, IDENTITY, topology):
        if tunnel not in but:
            gate.writing("key")
            files.unlink(identity_file(tunnel))


# --- what has to be there


def require_tool() -> None:
    """Raise MissingProgramError where there is no ``openssl``."""
    programs.require(TOOL, "to make the certificate of this host", "https://www.openssl.org/")


def require_program() -> None:
    """Raise MissingProgramError where there is no OpenVPN, FabricError where it is too old."""
    reason = "for encrypted networks (topology_encryption: openvpn)"
    programs.require(PROGRAM, reason, "https://openvpn.net/community/")
    said = programs.run(PROGRAM, "--version").stdout.split()
    version = said[1] if len(said) > 1 else "none"
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers < LEAST:
        text = (
            "topology_encryption: openvpn: this host has OpenVPN {0}, and the hosts know each other by fingerprint, "
            "which OpenVPN knows from {1} on; nothing was changed. Install a newer one, or write wireguard"
        )
        raise FabricError(text.format(version, ".".join(map(str, LEAST))))


# --- what is there


def read_states(sock: NetlinkSocket, links: Iterable[Link]) -> Dict[int, State]:
    """Of devices of ours, by index."""
    wanted = list(links)
    if not wanted:
        return {}
    units = [names.openvpn_unit(link.ifname) for link in wanted]
    active = systemd.active_states(units) if not systemd.why_not() else {}
    routes = tuple(read_routes(sock, RT_TABLE_MAIN))
    found: Dict[int, State] = {}
    for link, unit in zip(wanted, units):
        there = tuple(_files(link.ifname))
        state, config = active.get(unit, ""), dict(there).get(config_name(link.ifname), "")
        # One whose address is not there yet, as early at boot, runs as soon as it is: systemd tries again.
        running = state == "active" or (state == "activating" and not _has(word(config, "local")))
        found[link.index] = State(running, there, tuple(sorted(wireguard.routes_over(link, routes))))
    return found


def await_connected(ifnames: Collection[str], seconds: float) -> Set[str]:
    """Those whose processes agreed on a session with whom they call, once all did or so much time went by."""
    units = {names.openvpn_unit(ifname): ifname for ifname in ifnames}
    deadline = time.monotonic() + seconds
    while True:
        said = systemd.status_texts(units)
        found = {ifname for unit, ifname in units.items() if said.get(unit) == _CONNECTED}
        if len(found) == len(units) or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def _has(address: str) -> bool:
    """Whether the host has an address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        try:
            asking.bind((address, 0))
        except OSError:
            return False
    return True


def _files(ifname: str) -> Iterator[Tuple[str, str]]:
    """What others could write is none of ours, and is written again."""
    inside = sorted(os.listdir(path_of(clients_name(ifname)))) if os.path.isdir(path_of(clients_name(ifname))) else []
    for name in (config_name(ifname), *("{0}/{1}".format(clients_name(ifname), each) for each in inside)):
        text = files.read(path_of(name))
        if text is not None:
            yield name, text if secret_file.is_ours_alone(path_of(name)) else ""


# --- and is to be


def put_files(ifname: str, wanted: Optional[Mapping[str, str]]) -> None:
    """None: there are none."""
    there = dict(_files(ifname))
    gone = [name for name in there if name not in (wanted or {})]
    come = {name: text for name, text in (wanted or {}).items() if there.get(name) != text}
    for name in gone:
        gate.writing("file " + path_of(name))
        files.unlink(path_of(name))
    for name, text in come.items():
        secret_file.write(path_of(name), text, "file " + path_of(name))
    if wanted is None and os.path.isdir(path_of(clients_name(ifname))):
        os.rmdir(path_of(clients_name(ifname)))


def run_with(unit: str, config: str) -> None:
    """Started anew, with what the files say now. FabricError where it does not start, unless its address is not there
    yet."""
    try:
        systemd.restart_and_wait(unit)
    except FabricError:
        if _has(word(config, "local")):
            raise
