# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of rare kinds (macvlan, ipvlan, ifb …): what the codec of the hot path (``rtnl/``) does not know.

pyroute2 knows them all and makes and reads their messages; it is imported when the first such link is met, for that
takes as long as a whole run. The messages go over our own sockets, which are in the right namespace already.

Options of a kind have pyroute2's names, which are the kernel's (``IFLA_MACVLAN_MODE``), and its values (``bridge``).
"""

from __future__ import annotations

import functools
import os
import sys
from errno import EOPNOTSUPP
from typing import Any, Dict, List, Mapping, Optional, Tuple

from . import namespaces
from .errors import MissingDependencyError
from .host import Host
from .rtnl import socket as nl
from .rtnl import uapi
from .rtnl.socket import NetlinkError, Request

_HEADER = 16  # struct nlmsghdr, which our socket writes itself
Attributes = List[Tuple[str, Any]]


def create(
    host: Host,
    netns: Optional[str],
    kind: str,
    ifname: str,
    options: Mapping[str, Any],
    stands_on: Optional[str] = None,
    mac: Optional[str] = None,
    mtu: Optional[int] = None,
) -> None:
    """Make a link, down and without addresses, right in its namespace (None: the host's own).

    ``stands_on``: the host's link that is its lower device (IFLA_LINK). NetlinkError as the kernel refuses it.
    """
    attributes: Attributes = [("IFLA_IFNAME", ifname)]
    if stands_on is not None:
        attributes.append(("IFLA_LINK", host.index(stands_on)))
    if mac is not None:
        attributes.append(("IFLA_ADDRESS", mac))
    if mtu is not None:
        attributes.append(("IFLA_MTU", mtu))
    descriptor = namespaces.open_handle(netns) if netns is not None else None
    try:
        if descriptor is not None:
            attributes.append(("IFLA_NET_NS_FD", descriptor))
        attributes.append(link_info(kind, options))
        host.socket.send([new_link(nl.NLM_F_CREATE | nl.NLM_F_EXCL, attributes)])
    finally:
        if descriptor is not None:
            os.close(descriptor)


def configure(host: Host, netns: Optional[str], kind: str, ifname: str, options: Mapping[str, Any]) -> None:
    """Set options of a living link."""
    host.netlink(netns).send([new_link(0, [("IFLA_IFNAME", ifname), link_info(kind, options)])])


@functools.lru_cache(maxsize=None)  # a thousand links of a network have the same
def options(kind: str, info: str) -> Dict[str, Any]:
    """Name → value of ``Link.info``: what the kernel says of a link that only its kind has."""
    if not info:
        return {}
    body = uapi.LINK.pack(0, 0, 0, 0, 0) + nl.nested(
        uapi.IFLA_LINKINFO,
        nl.string(uapi.IFLA_INFO_KIND, kind),
        nl.attribute(uapi.IFLA_INFO_DATA, bytes.fromhex(info)),
    )
    message = _message_class()((_HEADER + len(body)).to_bytes(4, sys.byteorder) + bytes(_HEADER - 4) + body)
    message.decode()
    return dict(message.get_attr("IFLA_LINKINFO").get_attr("IFLA_INFO_DATA")["attrs"])


def supports(host: Host, kind: str) -> bool:
    """Whether the kernel can make links of this kind that stand on another one.

    It is asked for one that stands on nothing, which it never makes: it says so (EINVAL) where it knows the kind, after
    loading the module that has it, and that it does not know the kind (EOPNOTSUPP) where it does not.
    """
    request = new_link(nl.NLM_F_CREATE | nl.NLM_F_EXCL, [("IFLA_IFNAME", "fabric-asks"), link_info(kind, {})])
    try:
        host.socket.ask(request)
    except NetlinkError as error:
        return error.errno != EOPNOTSUPP
    return True


def link_info(kind: str, options: Mapping[str, Any]) -> Tuple[str, Any]:
    info: Attributes = [("IFLA_INFO_KIND", kind)]
    if options:
        info.append(("IFLA_INFO_DATA", {"attrs": list(options.items())}))
    return "IFLA_LINKINFO", {"attrs": info}


def new_link(flags: int, attributes: Attributes) -> Request:
    message = _message_class()()
    message["attrs"] = attributes
    message.encode()
    return Request(uapi.RTM_NEWLINK, flags, bytes(message.data)[_HEADER:])


def _message_class() -> Any:
    try:
        from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg
    except ImportError as error:
        raise MissingDependencyError("pyroute2", "to make links of rare kinds") from error
    return ifinfmsg
