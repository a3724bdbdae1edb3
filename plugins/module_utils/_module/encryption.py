# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host can do what encrypted networks need: the tool, WireGuard in its kernel or as a program of a unit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Iterable, Iterator, Mapping, Optional

from .._declaration.encryption_words import OPENVPN
from .._declaration.topology import Topology
from .._expansion.encrypted import encrypted_memberships, own_end, own_ends
from .._kernel import names, systemd
from .._kernel.errors import DeclarationError, FabricError, Problem
from .._kernel.host import Host

if TYPE_CHECKING:
    from .._fleet.exchange import Membership, TunnelEnd


def needs_program(host: Host, topology: Topology) -> bool:
    """Whether there is to be a program: OpenVPN, or wireguard-go, for the kernel has no WireGuard. DeclarationError
    where it could not be kept running, MissingProgramError for what is not installed."""
    encrypted = encrypted_memberships(topology)
    if not encrypted:
        return False
    if any(membership.encryption == OPENVPN for membership in encrypted.values()):
        _require_openvpn(encrypted)
        return True
    from .._kernel import wireguard  # only where it encrypts

    wireguard.require_tool()
    if wireguard.is_in_kernel(host):
        return False
    why_not = systemd.why_not()
    if why_not:
        raise _unkept(
            encrypted,
            "this kernel has no WireGuard, and the program wireguard-go is to be kept running by systemd: {0}; load or "
            "install the kernel's module wireguard, or boot this host with systemd",
            why_not,
        )
    wireguard.require_program()
    return True


def _require_openvpn(encrypted: Mapping[str, Membership]) -> None:
    from .._kernel import openvpn  # only where it encrypts

    openvpn.require_program()
    why_not = systemd.why_not()
    if why_not:
        text = "OpenVPN is to be kept running by systemd: {0}; boot this host with systemd, or write wireguard"
        raise _unkept(encrypted, text, why_not)


def _unkept(encrypted: Iterable[str], text: str, why_not: str) -> DeclarationError:
    path = "topology_networks.{0}.encrypted"
    return DeclarationError(Problem(path.format(name), text.format(why_not)) for name in encrypted)


def refuse_another_key(topology: Topology, check_mode: bool) -> None:
    """FabricError where the host has another key than the fleet was told of. A check before the first run has none."""
    for end in own_ends(topology):
        _refuse_another(names.tunnel_name(topology.name, end.turn), end, check_mode)


def _refuse_another(tunnel: str, end: TunnelEnd, check_mode: bool) -> None:
    own = own_key(tunnel, end.kind)
    if own != end.public_key and not (check_mode and own is None):
        text = (
            "{0}: {1}; nothing was changed. Run the playbook linuxnet.fabric.site for all hosts, which tells them of "
            "the one that is here then"
        )
        what = "the key of this host is gone" if own is None else "not the key that the other hosts know this one by"
        path = _key_file(tunnel, end.kind)
        raise FabricError(text.format(path, what))


def _key_file(tunnel: str, kind: str) -> str:
    if kind == OPENVPN:
        from .._kernel.openvpn_files import identity_file

        return identity_file(tunnel)
    from .._kernel.wireguard import key_file

    return key_file(tunnel)


def own_key(tunnel: str, kind: str) -> Optional[str]:
    """By which the other hosts know this one; None where it has none that can be used."""
    from .._kernel import openvpn, wireguard, x509

    if kind != OPENVPN:
        return wireguard.own_public_key(tunnel)
    found = openvpn.own_certificate(tunnel)
    return x509.read(found).fingerprint if found is not None else None


def ending_soon(topology: Topology) -> Iterator[str]:
    """Of a certificate, a warning before its end."""
    end = own_end(topology)
    if end is None or end.kind != OPENVPN:
        return
    from .._kernel import openvpn, x509

    tunnel = names.tunnel_name(topology.name, end.turn)
    found = openvpn.own_certificate(tunnel)
    if found is None:
        return
    left = x509.read(found).ends - time.time()
    if left < openvpn.NOTICE:
        text = (
            "the certificate of this host, {0}, {1}: run the playbook linuxnet.fabric.rotate_keys for all hosts; it "
            "makes others, and no packet is lost"
        )
        when = "ends in {0} days".format(int(left // 86400)) if left > 0 else "has ended"
        yield text.format(_key_file(tunnel, OPENVPN), when)
