# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instruction set of a transaction: every write to a host is one row of this table, with JSON-able arguments.

JSON-able, because a journal keeps operations for the case that the process dies. An inverse may run after its
operation was done, half done, or not begun, so those that take away ask first whether there is any.

To add an operation: write the function that does it (``_kernel/operations/``; what is rare and needs pyroute2 imports
it inside the function), and a row here. A row answers everything that a plan, a journal, a reading and a check ask
about an operation; nothing else in the collection knows one by its name, apart from who plans it. A test walks the
table.
"""

from __future__ import annotations

from itertools import groupby
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from .._declaration.encryption_words import WIREGUARD
from .._ipam.store import open_store, revert
from .._kernel import tc, vxlan
from .._kernel.announce import announce, announce_all
from .._kernel.errors import FabricError
from .._kernel.host import Host
from .._kernel.operations import docker as on_docker
from .._kernel.operations import host as on_host
from .._kernel.operations import link as on_link
from .._kernel.operations import netns as on_netns
from .._kernel.operations import openvpn as on_openvpn
from .._kernel.operations import program as on_program
from .._kernel.operations import tunnel as on_tunnel
from .._kernel.operations import units as on_units
from .._resources.action import Operation
from .._resources.links import registry as kinds
from . import declared as records
from . import fleet, forwarding, store_mark
from .effects import (
    Foresee,
    Keys,
    Outlook,
    Pace,
    Turn,
    Words,
    as_it_was,
    at_last,
    foresee_accept,
    foresee_declared,
    foresee_discarded,
    foresee_foreign_file,
    foresee_forwarding,
    foresee_kept,
    foresee_leases,
    foresee_program,
    foresee_rules,
    foresee_unit,
    foresee_zone,
    host_link,
    identity_if_mac,
    identity_inside,
    link_gone,
    nothing,
    of_created,
    of_docker,
    of_file,
    of_firewall,
    of_link,
    of_links,
    of_netns,
    of_program,
    of_renamed,
    of_route,
    of_rules,
    of_setting,
    of_units,
    off_if_ipv6,
    unseen,
    usual,
)

if TYPE_CHECKING:
    from .asked import Digests

Do = Callable[..., None]
Together = Callable[[Host, Sequence[Words]], None]
Patterns = Tuple[str, ...]


class Row(NamedTuple):
    """One operation, and all that is asked about it. No answer has a default: none can be forgotten."""

    name: str
    do: Do  # called with the host and, by their names, the operation's arguments
    touches: Keys  # read again after it; a journal keeps what they were like before it
    takes_away: Keys  # of the host's things, those that are to be gone after it
    survives_reboot: bool  # False: what it changes goes with the kernel, so after a reboot there is nothing to undo
    turn: Callable[[Words], Turn]  # where in a plan it comes, or at the end of a run
    foresee: Foresee  # what a check notes of it, where it is still to be done for an interrupted run
    #: Of which operations the inverse consists that an action carries for it, as patterns (fnmatch). None: there is
    #: no way back from it, so it is only part of one, or comes at the end, when all is verified.
    undone_by: Patterns
    pace: Pace  # what may go on at the same time
    #: Does many of it, called with the host and the arguments of each; None: they are done one by one.
    together: Optional[Together]


def lease_revert(host: Host, granted: Iterable[Mapping[str, Any]], released: Iterable[Mapping[str, Any]]) -> None:
    """Take an allocation back, in a transaction of its own."""
    with open_store(check_mode=False) as store:
        revert(store, granted, released)


def declared_write(
    host: Host,
    topology: str,
    declared: Mapping[str, Any],
    release: str = "",
    asked: Optional[Digests] = None,
    around: Optional[Mapping[str, Any]] = None,
) -> None:
    """Remember the declaration that was real without any action. A journal of an earlier release has not all of it."""
    records.write(topology, records.Kept(declared, release, asked or {}, around or {}))


def declared_keep(host: Host, topology: str) -> None:
    """Remember the one that this run has made real: it was written before all was verified (``declared.prepare``)."""
    records.keep(topology)


def declared_remove(host: Host, topology: str) -> None:
    records.remove(topology)


def forwarding_write(host: Host, known: Optional[Mapping[str, Any]]) -> None:
    """Remember how forwarding was found, and who needs it."""
    forwarding.write(known)


def fleet_forget(host: Host, topology: str) -> None:
    """Forget what was told of overlays."""
    fleet.forget(topology)
    store_mark.forget(topology)


def keys_keep(host: Host, topology: str, tunnels: Sequence[str], kind: str = WIREGUARD) -> None:
    """The keys of these ends of its tunnel; others of that kind are good for nothing any more."""
    fleet.forget_keys(topology, kind, but=tunnels)


# A family holds what all of its rows answer alike.


def _handle(
    name: str,
    do: Do,
    undone_by: Patterns,
    takes_away: Keys = nothing,
    foresee: Foresee = as_it_was,
    pace: Pace = Pace.IN_TURN,
    together: Optional[Together] = None,
) -> Row:
    """Of a namespace's handle, which is called ``name``."""
    return Row(name, do, of_netns, takes_away, False, usual, foresee, undone_by, pace, together)


def _link(
    name: str,
    do: Do,
    undone_by: Patterns,
    touches: Keys = of_link,
    takes_away: Keys = nothing,
    turn: Callable[[Words], Turn] = usual,
    pace: Pace = Pace.IN_TURN,
) -> Row:
    """Of an interface, and of what is on it."""
    return Row(name, do, touches, takes_away, False, turn, as_it_was, undone_by, pace, None)


def _file(name: str, do: Do, takes_away: Keys = nothing, pace: Pace = Pace.IN_TURN) -> Row:
    """Of a file under /etc/netns, where a boot takes what we write."""
    return Row(
        name,
        do,
        of_file,
        takes_away,
        False,
        usual,
        as_it_was,
        ("file.write", "file.link", "file.access", "file.remove"),
        pace,
        None,
    )


def _accept(name: str, do: Do, survives_reboot: bool, foresee: Foresee) -> Row:
    """Of our accept in another firewall."""
    return Row(name, do, of_firewall, nothing, survives_reboot, usual, foresee, (name,), Pace.IN_TURN, None)


def _program(name: str, do: Do, undone_by: Patterns, foresee: Foresee) -> Row:
    """Of the program of the host."""
    return Row(name, do, of_program, nothing, True, usual, foresee, undone_by, Pace.IN_TURN, None)


def _unit(name: str, do: Do, foresee: Foresee) -> Row:
    """Of a unit of systemd, or of what one reads."""
    return Row(name, do, of_units, nothing, True, usual, foresee, (name,), Pace.IN_TURN, None)


def _at_the_end(name: str, do: Do, turn: Callable[[Words], Turn] = usual, together: Optional[Together] = None) -> Row:
    """Of what no plan reads, and nothing brings back."""
    return Row(name, do, nothing, nothing, False, turn, unseen, (), Pace.IN_TURN, together)


def _record(name: str, do: Do, foresee: Foresee) -> Row:
    """Of what is stored, since the kernel cannot know it. No action of a plan: a run adds these itself."""
    return Row(name, do, nothing, nothing, True, usual, foresee, (), Pace.IN_TURN, None)


ROWS = (
    _handle("netns.create", on_netns.netns_create, ("netns.remove",)),
    _handle("netns.attach", on_netns.netns_attach, ("netns.remove",)),
    _handle("netns.adopt", on_netns.netns_adopt, ("netns.remark",)),
    _handle("netns.remark", on_netns.netns_remark, ("netns.unmark",)),
    _handle("netns.unmark", on_netns.netns_unmark, ()),
    _handle("netns.remove", on_netns.netns_remove, (), takes_away=of_netns),
    _handle("netns.retire", on_netns.netns_retire, ("netns.unstash",), takes_away=of_netns, pace=Pace.BESIDE),
    _handle(
        "netns.discard",
        on_netns.netns_discard,
        (),
        takes_away=of_netns,
        foresee=foresee_discarded,
        together=on_netns.discard_all,
    ),
    _handle("netns.stash", on_netns.netns_stash, ("netns.unstash",), takes_away=of_netns),
    _handle("netns.unstash", on_netns.netns_unstash, ()),
    _handle("netns.drop", on_netns.netns_drop, (), foresee=unseen),
    _link("link.create", kinds.link_create, ("link.delete",), touches=of_created),
    _link("link.configure", kinds.link_configure, ("link.configure",)),
    _link("link.set", on_link.link_set, ("link.set",), turn=identity_if_mac),
    _link(
        "link.rename",
        on_link.link_rename,
        ("link.rename",),
        touches=of_renamed,
        takes_away=host_link,
        turn=identity_inside,
    ),
    _link("altname.add", on_link.altname_add, ("altname.delete",)),
    _link("altname.delete", on_link.altname_delete, ("altname.add",)),
    _link("port.set", on_link.port_set, ("port.set",)),
    _link("fdb.add", on_link.fdb_add, ("fdb.delete", "fdb.add")),
    _link("fdb.delete", on_link.fdb_delete, ("fdb.add",)),
    _link("ways.set", vxlan.ways_set, ("ways.set", "link.delete")),
    _link("tunnel.set", on_tunnel.tunnel_set, ("tunnel.set", "link.delete")),
    _link("openvpn.set", on_openvpn.openvpn_set, ("openvpn.set", "link.delete")),
    _link("port.restore", on_link.port_restore, ()),
    _link("settings.restore", on_link.settings_restore, ()),
    _link("link.delete", on_link.link_delete, ("link.create",), takes_away=link_gone),
    _link("links.delete", on_link.links_delete, ("link.create",), of_links, of_links, pace=Pace.LENGTHY),
    _link("address.add", on_link.address_add, ("address.delete",)),
    _link("address.delete", on_link.address_delete, ("address.add",)),
    _link("route.add", on_link.route_add, ("route.delete",)),
    _link("route.delete", on_link.route_delete, ("route.add",), takes_away=of_route),
    _link("neighbour.add", on_link.neighbour_add, ("neighbour.delete",)),
    _link("neighbour.delete", on_link.neighbour_delete, ("neighbour.add",)),
    _link("qdisc.set", tc.qdisc_set, ("qdisc.set", "link.delete")),
    _link("redirect.set", tc.redirect_set, ("redirect.set", "link.delete")),
    _link("sysctl.write", on_host.sysctl_write, ("sysctl.write",), touches=of_setting, turn=off_if_ipv6),
    _file("file.write", on_host.file_write),
    _file("file.link", on_host.file_link),
    _file("file.access", on_host.file_access),
    _file("file.remove", on_host.file_remove, takes_away=of_file, pace=Pace.BESIDE),
    Row(
        "nft.load",
        on_host.nft_load,
        of_rules,
        nothing,
        False,
        usual,
        foresee_rules,
        ("nft.load",),
        Pace.IN_TURN,
        None,
    ),
    _accept("iptables.own", on_host.iptables_own, False, foresee_accept),
    _accept("firewalld.apply", on_host.firewalld_apply, False, foresee_zone),
    _accept("file.replace", on_host.file_replace, True, foresee_foreign_file),
    _at_the_end("conntrack.delete", on_host.conntrack_delete),
    _at_the_end("announce", announce, at_last, announce_all),
    _program("program.install", on_program.program_install, ("program.revert",), unseen),
    _program("program.remove", on_program.program_remove, ("program.revert",), unseen),
    _program("program.revert", on_program.program_revert, (), foresee_program),
    _program("program.forget", on_program.program_forget, (), unseen),
    _unit("unit.write", on_units.unit_write, foresee_unit),
    _unit("unit.link", on_units.unit_link, foresee_unit),
    _unit("unit.reload", on_units.unit_reload, unseen),
    _unit("dns.write", on_units.dns_write, foresee_unit),
    _at_the_end("dns.load", on_units.dns_load),
    _at_the_end("tunnel.forget", on_tunnel.tunnel_forget),
    _at_the_end("unit.restart", on_units.unit_restart),
    _at_the_end("unit.start", on_units.unit_start),
    _at_the_end("unit.stop", on_units.unit_stop),
    Row(
        "docker.write",
        on_docker.docker_write,
        of_docker,
        nothing,
        True,
        usual,
        foresee_foreign_file,
        ("docker.write",),
        Pace.IN_TURN,
        None,
    ),
    _at_the_end("docker.reload", on_docker.docker_reload),
    _record("lease.revert", lease_revert, foresee_leases),
    _record("declared.write", declared_write, foresee_declared),
    _record("declared.keep", declared_keep, foresee_kept),
    _record("forwarding.write", forwarding_write, foresee_forwarding),
    _record("fleet.forget", fleet_forget, unseen),
    _record("keys.keep", keys_keep, unseen),
    _record("declared.remove", declared_remove, foresee_declared),
)

OPERATIONS: Dict[str, Row] = {row.name: row for row in ROWS}


def row_of(name: str) -> Row:
    try:
        return OPERATIONS[name]
    except KeyError:
        raise FabricError(
            'this linuxnet.fabric has no operation "{0}"; the release that wrote it has'.format(name)
        ) from None


def taken_away(steps: Iterable[Operation]) -> FrozenSet[str]:
    """The keys of what these take away."""
    return frozenset(key for step in steps for key in row_of(step.name).takes_away(step.arguments))


def perform(host: Host, step: Operation) -> None:
    """Carry out one operation, out of a plan or a journal."""
    row_of(step.name).do(host, **step.arguments)


def perform_all(host: Host, steps: Iterable[Operation]) -> None:
    """In their order, many of one kind at once where that is less."""
    for name, group in groupby(steps, key=lambda step: step.name):
        row, same = row_of(name), list(group)
        if row.together is not None and len(same) > 1:
            row.together(host, [step.arguments for step in same])
        else:
            for step in same:
                perform(host, step)


def foreseen(steps: Iterable[Operation]) -> Outlook:
    """What these, in their order, will leave."""
    outlook = Outlook()
    for step in steps:
        row_of(step.name).foresee(outlook, step.arguments)
    return outlook
