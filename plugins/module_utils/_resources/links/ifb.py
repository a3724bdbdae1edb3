# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ifb: what comes out of a container goes through its queue, and so can be limited (see ``qdisc.py``).

The kernel queues only what a link sends. What comes in by the host end of a pair is handed to the ifb, which "sends" it
back to where it came from.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional

from ..._kernel import names, rare
from ..._kernel.changes import Subject, of_owner
from ..._kernel.data import dataclass
from ..._kernel.host import Host
from ..._kernel.observe import Observed
from ..._kernel.operations.link import bring_up
from ..._kernel.rtnl import requests as messages
from ..._kernel.rtnl.read import IPV6_MTU, Link
from ..._kernel.tc import qdisc_set
from .. import ownership, qdisc
from ..action import Action, operation
from ..link import (
    change_link,
    comparable_addresses,
    compare_addresses,
    compare_altnames,
    taking_the_mark,
)
from ..qdisc import Limit
from . import unknown
from .kind import DeclaredLink, Kind

#: What its mark says that it is of, before the container's interface.
_EGRESS = "egress"


@dataclass(frozen=True)
class Ifb(DeclaredLink):
    """``owner`` is the container's interface whose traffic goes through it, for a person: web:eth0."""

    ifname: str
    alias: str
    owner: str
    limit: Limit

    kind, netns, sysctls = "ifb", None, ()

    @property
    def host_ifname(self) -> str:
        return self.ifname

    @property
    def subject(self) -> Subject:
        return of_owner(self.owner)

    @property
    def limited(self) -> bool:
        return True


def compare(desired: Ifb, observed: Observed) -> List[Action]:
    link = observed.links.get(desired.ifname)
    if link is None:
        return [taking_the_mark(_create(desired), desired.alias, observed.links.values())]
    ownership.refuse_foreign(desired.ifname, desired.alias, link, "ifb", observed)
    qdisc.refuse_foreign_root(desired.ifname, desired.owner, qdisc.shaping_of(link, observed))
    return list(_changes(desired, link, observed))


def _create(desired: Ifb) -> Action:
    words = {
        "ifname": desired.ifname,
        "alias": desired.alias,
        "altnames": [names.altname(desired.alias)],
        "qdisc": qdisc.words(desired.limit.qdisc),
    }
    return Action(
        text="limit {0} to {1}, by {2}".format(qdisc.traffic("egress", desired.owner), desired.limit, desired.ifname),
        subject=desired.subject,
        do=(_made(desired.ifname, words),),
        undo=(operation("link.delete", netns=None, ifname=desired.ifname),),
        before=qdisc.described("egress", None),
        after=qdisc.described("egress", desired.limit),
    )


def _changes(desired: Ifb, link: Link, observed: Observed) -> Iterator[Action]:
    subject, ifname = desired.subject, desired.ifname
    shown = "{0} (of {1})".format(ifname, desired.owner)
    if link.alias != desired.alias:
        yield change_link(None, ifname, shown, subject, "alias", link.alias, desired.alias)
    mark, others = names.altname(desired.alias), observed.links.values()
    yield from compare_altnames(None, ifname, shown, subject, link, mark, others)
    if link.ipv6_link_local and link.mtu >= IPV6_MTU:
        yield change_link(None, ifname, shown, subject, "ipv6_link_local", True, False)
    now_addresses = comparable_addresses(observed.addresses.get(link.index, []))
    yield from compare_addresses(None, ifname, shown, subject, now_addresses, ())
    now = qdisc.shaping_of(link, observed).root
    yield from qdisc.compare_root(ifname, shown, subject, "egress", desired.owner, now, desired.limit.qdisc)
    if not link.up:
        yield change_link(None, ifname, shown, subject, "up", False, True)


def remove(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
    """Take an ifb of ours away; the way back makes it again as it was.

    One that is in a namespace, or of something else, was made by hand with our mark.
    """
    what, _blank, owner = (ownership.subject(link, observed, netns=netns) or "").partition(" ")
    if netns is not None or what != _EGRESS:
        return unknown.remove(link, observed, netns)
    place = {"netns": None, "ifname": link.ifname}
    root = qdisc.shaping_of(link, observed).root
    limited = qdisc.limit_of(root)
    words = {
        "ifname": link.ifname,
        "alias": link.alias,
        "altnames": list(link.altnames),
        "qdisc": qdisc.words(root) if root is not None and root.kind in qdisc.HANDLES else None,
        "mac": link.mac,
        "mtu": link.mtu,
        "up": link.up,
        "ipv6_link_local": link.ipv6_link_local,
        "addresses": list(comparable_addresses(observed.addresses.get(link.index, []))),
    }
    return Action(
        text="no longer limit {0} ({1}), by {2}".format(
            qdisc.traffic("egress", owner), limited or "not limited", link.ifname
        ),
        subject=of_owner(owner),
        do=(operation("link.delete", **place),),
        undo=(operation("link.delete", **place), _made(link.ifname, words)),
        before=qdisc.described("egress", limited),
        after=qdisc.described("egress", None),
    )


def _made(ifname: str, words: Mapping[str, Any]) -> Any:
    return operation("link.create", kind="ifb", netns=None, ifname=ifname, link=words)


def _make(host: Host, netns: Optional[str], words: Mapping[str, Any]) -> None:
    """With its queue, and no link-local address, before it is up."""
    ifname = words["ifname"]
    rare.create(host, None, "ifb", ifname, {}, mac=words.get("mac"), mtu=words.get("mtu"))
    settings: Dict[str, Any] = {"alias": words["alias"]}
    if (words.get("mtu") or IPV6_MTU) >= IPV6_MTU:
        settings["ipv6_link_local"] = words.get("ipv6_link_local", False)
    host.socket.send([messages.link_set(ifname, **settings)])
    qdisc_set(host, ifname, words["qdisc"])
    bring_up(host, ifname, words)


KIND = Kind(
    name="ifb",
    declared=Ifb,
    compare=compare,
    remove=remove,
    create=_make,
    configure=None,
    mutable=("alias", "limit"),
    carries=True,
)
