# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host can do what encrypted networks need: the tool, WireGuard in its kernel or as a program of a unit."""

from __future__ import annotations

from .._declaration.topology import Topology
from .._expansion.encryption import encrypted_memberships, own_end
from .._kernel import systemd, wireguard
from .._kernel.errors import DeclarationError, FabricError, Problem
from .._kernel.host import Host


def needs_program(host: Host, topology: Topology) -> bool:
    """Whether there is to be a program, for the kernel has no WireGuard. DeclarationError where it could not be kept
    running, MissingProgramError for what is not installed."""
    encrypted = encrypted_memberships(topology)
    if not encrypted:
        return False
    wireguard.require_tool()
    if wireguard.is_in_kernel(host):
        return False
    why_not = systemd.why_not()
    if why_not:
        text = (
            "this kernel has no WireGuard, and the program wireguard-go is to be kept running by systemd: {0}; load or "
            "install the kernel's module wireguard, or boot this host with systemd"
        )
        raise DeclarationError(
            Problem("topology_networks.{0}.encrypted".format(name), text.format(why_not)) for name in encrypted
        )
    wireguard.require_program()
    return True


def refuse_another_key(topology: Topology, check_mode: bool) -> None:
    """FabricError where the host has another key than the fleet was told of. A check before the first run has none."""
    end = own_end(topology)
    if end is None:
        return
    own = wireguard.own_public_key(topology.name)
    if own != end.public_key and not (check_mode and own is None):
        text = (
            "{0}: {1}; nothing was changed. Run the playbook linuxnet.fabric.site for all hosts, which tells them of "
            "the one that is here then"
        )
        what = "the key of this host is gone" if own is None else "not the key that the other hosts know this one by"
        raise FabricError(text.format(wireguard.key_file(topology.name), what))
