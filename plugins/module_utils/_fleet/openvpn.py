# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of networks that OpenVPN encrypts: who listens, whose a certificate is, and how many hosts there may be. Pure."""

from __future__ import annotations

import hashlib
from typing import Mapping, Sequence, Tuple

from .._declaration.encryption_words import OPENVPN
from .._declaration.words import quote
from .._kernel.names import tunnel_name
from .._kernel.openvpn_files import OVERHEADS, identity_file
from .exchange import Peer
from .members import Group, Identity
from .problems import FleetProblems

__all__ = ["HOSTS_MAX", "OVERHEADS", "check_certificates", "check_hosts", "common_name", "listens"]

#: Of two hosts one calls the other, and each pair is a process on both.
HOSTS_MAX = 10
_PATH = "topology_openvpn_hub"


def common_name(topology: str, host_id: str) -> str:
    """In the certificate of a host: by it a listener knows what may come from there, so that it has to be its own."""
    digest = hashlib.sha256("\0".join(("openvpn", topology, host_id)).encode("utf-8")).hexdigest()
    return "fabric-" + digest[:32]


def listens(own: Peer, other: Peer) -> bool:
    """Of two hosts the one with the lower id."""
    return own.host_id < other.host_id


def check_certificates(group: Group, identities: Mapping[str, Identity], problems: FleetProblems) -> None:
    """A host may say anything; what its certificate says is what others will see."""
    if not is_by_openvpn(group):
        return
    for member in group.members:
        identity = identities.get(member.host)
        if identity is None or not identity.public_key:
            continue
        wanted = common_name(group.topology, identity.host_id)
        named = {identity.turn: identity.common_name, **{each.turn: each.common_name for each in identity.further}}
        for turn, name in named.items():
            if name != wanted:
                text = "its certificate is that of {0}, and not of {1}; remove {2} there, and it makes another"
                where = quote(identity_file(tunnel_name(group.topology, turn)))
                problems.note(member.host, group.path + ".encrypted", text, quote(name), quote(wanted), where)


def is_by_openvpn(group: Group) -> bool:
    first = group.members[0]
    return bool(group.of(first).options.encrypted) and first.words.encryption.kind == OPENVPN


def by_hub(groups: Sequence[Group]) -> Tuple[str, Tuple[str, ...]]:
    """Of one topology: the hub, and all hosts that reach each other by way of it. Empty without one."""
    secret = [group for group in groups if is_by_openvpn(group)]
    hub = secret[0].members[0].words.encryption.hub if secret else ""
    return hub, tuple(dict.fromkeys(member.host for group in secret for member in group.members)) if hub else ()


def check_hosts(groups: Sequence[Group], problems: FleetProblems) -> None:
    """Of one topology: its encrypted networks share their tunnels."""
    secret = [group for group in groups if is_by_openvpn(group)]
    if not secret:
        return
    first = secret[0].members[0]
    hub = first.words.encryption.hub
    hosts = list(dict.fromkeys(member.host for group in secret for member in group.members))
    if not hub and len(hosts) > HOSTS_MAX:
        text = (
            "none, and {0} hosts are on encrypted networks: by OpenVPN in pairs there may be {1}; name one that all "
            "others call, or write topology_encryption: wireguard"
        )
        problems.note(first.host, _PATH, text, len(hosts), HOSTS_MAX)
    for group in secret if hub else ():
        if hub not in {member.host for member in group.members}:
            text = "{0}: all others reach each other by way of it, and it has no container on the network {1}"
            problems.note(first.host, _PATH, text, quote(hub), quote(group.network))
