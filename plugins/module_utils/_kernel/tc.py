# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traffic control, tc(8): the queueing discipline (qdisc) of a link, and where what comes in by it is sent.

pyroute2 makes and reads the messages; it is imported when the first limit is met. Our qdiscs are known by their handle
and our filter by its preference, so that what somebody else set up is told from what is ours. Layouts:
include/uapi/linux/{pkt_sched,pkt_cls}.h.
"""

from __future__ import annotations

import functools
import struct
import sys
from errno import EEXIST, EINVAL, ENODEV, ENOENT
from typing import Any, Collection, Dict, List, Mapping, Optional, Tuple

from . import names, rare
from .data import NamedTuple, dataclass
from .errors import MissingDependencyError
from .host import Host
from .rtnl import read as rtnetlink
from .rtnl import socket as nl
from .rtnl.read import Link
from .rtnl.requests import link_delete
from .rtnl.socket import NetlinkError, Request

RTM_NEWQDISC, RTM_DELQDISC, RTM_GETQDISC = 36, 37, 38
RTM_NEWTFILTER, RTM_DELTFILTER, RTM_GETTFILTER = 44, 45, 46
TC_H_ROOT, TC_H_INGRESS = 0xFFFFFFFF, 0xFFFFFFF1
#: The handle of a qdisc for what comes in, whatever its kind: ``ffff:`` in tc's words.
_INGRESS_HANDLE = 0xFFFF0000
TCA_KIND, TCA_OPTIONS = 1, 2
TCA_U32_LINK, TCA_U32_SEL = 3, 5
_U32_SELECTOR = 16  # struct tc_u32_sel without its keys

#: Our mark on a qdisc: ``fab:`` and ``fac:`` in tc's words. A handle keeps its kind for life, so each kind has its own.
HANDLES = {"tbf": 0x0FAB0000, "pfifo": 0x0FAC0000}
#: Our mark on a filter: ``pref 4011``.
PREFERENCE = 0x0FAB
_ETH_P_ALL = 0x0003
_TC_ACT_STOLEN, _TCA_EGRESS_REDIR, _TCA_INGRESS_REDIR = 4, 1, 3
_ETHERNET = 1  # TC_LINKLAYER_ETHERNET
#: Of one message's header, struct tcmsg: family, interface, handle, parent, info.
_TCMSG = struct.Struct("=BxxxiIII")
_NLMSGHDR = 16

#: Instead of the name of the link that a filter of ours sent everything to.
GONE = ""

#: How long a tick of the kernel's packet scheduler is (PSCHED_SHIFT 6, include/net/pkt_sched.h), in nanoseconds.
TICK = 64


class Qdisc(NamedTuple):
    """The root qdisc of a link, in what tbf(8) and pfifo(8) have; of any other only the kind is told."""

    kind: str
    handle: int = 0  # 0: the kernel's choice
    rate: int = 0  # bytes per second
    buffer: int = 0  # how long the burst takes at the rate, in ticks
    limit: int = 0  # what may wait: bytes of a tbf, packets of a pfifo
    peak: int = 0  # bytes per second; we set none
    mtu: int = 0  # bytes, of the peak rate


@dataclass(frozen=True)
class Shaping:
    """What traffic control does to a link. What comes in by it is told of those only that look like ours."""

    root: Optional[Qdisc] = None  # None: what the kernel gives every link
    ingress: str = ""  # the kind of the qdisc for what comes in: ingress, clsact
    redirect: Optional[int] = None  # the link that our filter sends it to; -1: it does something else, None: no filter
    foreign: bool = False  # whether somebody else's filters are there too

    @property
    def ours(self) -> Optional[Qdisc]:
        """The root qdisc, if it is one of ours."""
        return self.root if self.root is not None and _is_ours(self.root.handle) else None


NOTHING = Shaping()


# --- reading


def may_be_shaped(link: Link) -> bool:
    """Whether a link looks like a limited one of ours: the dump of links says so, and costs nothing more."""
    return link.qdisc in HANDLES


def read(sock: nl.NetlinkSocket, wanted: Collection[int]) -> Dict[int, Shaping]:
    """Index → what is set up, of these links and of all whose root qdisc is ours."""
    root: Dict[int, Qdisc] = {}
    ingress: Dict[int, str] = {}
    for payload in sock.dump(RTM_GETQDISC, _TCMSG.pack(0, 0, 0, 0, 0)):
        _family, index, handle, parent, _info = _TCMSG.unpack_from(payload)
        if handle and (parent == TC_H_INGRESS or (parent == TC_H_ROOT and (index in wanted or _is_ours(handle)))):
            kind = nl.text(nl.attributes(payload, _TCMSG.size).get(TCA_KIND, b""))
            if parent == TC_H_INGRESS:
                ingress[index] = kind
            else:
                root[index] = _qdisc(kind, handle, payload)
    found = {index: Shaping(root.get(index)) for index in {*wanted, *root}}
    for index in found.keys() & ingress.keys():
        redirect, foreign = _filters(sock, index)
        found[index] = Shaping(root.get(index), ingress[index], redirect, foreign)
    return found


def _is_ours(handle: int) -> bool:
    return handle in HANDLES.values()


def _qdisc(kind: str, handle: int, payload: bytes) -> Qdisc:
    if kind not in HANDLES:
        return Qdisc(kind, handle)
    options = _decoded(payload).get_attr("TCA_OPTIONS")
    if kind == "pfifo":
        return Qdisc(kind, handle, limit=options["limit"])
    parms = options.get_attr("TCA_TBF_PARMS")
    return Qdisc(kind, handle, **{name: parms[name] for name in ("rate", "buffer", "limit", "peak", "mtu")})


def _filters(sock: nl.NetlinkSocket, index: int) -> Tuple[Optional[int], bool]:
    """(where ours sends everything, whether there are others) of what comes in by a link."""
    ours: List[int] = []
    foreign = False
    for payload in sock.dump(RTM_GETTFILTER, _TCMSG.pack(0, index, 0, _INGRESS_HANDLE, 0)):
        _family, _index, handle, _parent, info = _TCMSG.unpack_from(payload)
        if info >> 16 != PREFERENCE:
            foreign = True
        elif handle & 0xFFF:  # of u32's other entries, which are its hash tables, nobody sees anything
            ours.append(_target(payload, info))
    if not ours:
        return None, foreign
    return (ours[0] if len(ours) == 1 else -1), foreign


def _target(payload: bytes, info: int) -> int:
    """The link that a filter sends every packet to; -1 where it is not just that."""
    message = _decoded(payload)
    options = message.get_attr("TCA_OPTIONS")
    if message.get_attr("TCA_KIND") != "u32" or info & 0xFFFF != _network_order(_ETH_P_ALL):
        return -1
    actions = options.get_attr("TCA_U32_ACT")
    if actions is None or not _matches_everything(payload):
        return -1
    listed = [action for _name, action in actions["attrs"]]
    if len(listed) != 1 or listed[0].get_attr("TCA_ACT_KIND") != "mirred":
        return -1
    parms = listed[0].get_attr("TCA_ACT_OPTIONS").get_attr("TCA_MIRRED_PARMS")
    sends = (parms["eaction"], parms["action"]) == (_TCA_EGRESS_REDIR, _TC_ACT_STOLEN)
    return int(parms["ifindex"]) if sends else -1


def _matches_everything(payload: bytes) -> bool:
    """Whether no key of a u32 filter looks at any bit. pyroute2 (0.9.7) decodes keys four bytes too early."""
    options = nl.attributes(nl.attributes(payload, _TCMSG.size).get(TCA_OPTIONS, b""))
    selector = options.get(TCA_U32_SEL)
    if selector is None or TCA_U32_LINK in options:
        return False
    keys = selector[_U32_SELECTOR:]  # of each, struct tc_u32_key, the mask is the first four of sixteen bytes
    return not any(any(keys[start : start + 4]) for start in range(0, len(keys), 16))


def _decoded(payload: bytes) -> Any:
    message = _message_class()((_NLMSGHDR + len(payload)).to_bytes(4, sys.byteorder) + bytes(_NLMSGHDR - 4) + payload)
    message.decode()
    return message


# --- writing


def qdisc_set(host: Host, ifname: str, qdisc: Optional[Mapping[str, Any]]) -> None:
    """Give a link this root qdisc, by the words of ``Qdisc``; None: what the kernel gives it by itself.

    One of the same kind and handle is changed: what waits in it, waits on.
    """
    index = _index(host, ifname)
    if index is None or qdisc is None:
        if index is not None:
            _send(host, RTM_DELQDISC, 0, index, TC_H_ROOT, tolerated=(ENOENT, EINVAL))
        elif qdisc is not None:
            raise NetlinkError(ENODEV, "interface " + ifname)
        return
    words = Qdisc(**qdisc)
    attributes = [("TCA_KIND", words.kind), ("TCA_OPTIONS", _options(words))]
    flags = nl.NLM_F_CREATE | nl.NLM_F_REPLACE
    _send(host, RTM_NEWQDISC, flags, index, TC_H_ROOT, words.handle, attributes=attributes)


def come_in_by(host: Host, ifname: str, index: int) -> None:
    """All that comes in by a link of ours comes in by another one instead, by index, of which nothing is changed."""
    own = host.socket.index_of(ifname)
    kind = [("TCA_KIND", "ingress")]
    _send(host, RTM_NEWQDISC, nl.NLM_F_CREATE, own, TC_H_INGRESS, _INGRESS_HANDLE, attributes=kind)
    _filter_set(host, own, index, _TCA_INGRESS_REDIR)


def redirect_set(host: Host, ifname: str, to: Optional[str]) -> None:
    """Send all that comes in by a link to another one, by whose qdisc it then goes on; None: no more.

    Other filters are left alone, and with them the qdisc that they are in. ``to`` GONE is for a way back: to a link
    that is not there any more, which drops all. The kernel takes no such filter, so its link goes once it is made.
    """
    if to == GONE:
        aside = names.replaced_ifname(ifname)
        if _index(host, aside) is None:
            rare.create(host, None, "ifb", aside, {})
        redirect_set(host, ifname, aside)
        host.socket.send([link_delete(aside)])
        return
    index = _index(host, ifname)
    if index is None and to is None:
        return
    target = _index(host, to) if to is not None else None
    if index is None or (to is not None and target is None):
        raise NetlinkError(ENODEV, "interface {0}".format(ifname if index is None else to))
    if target is not None:
        kind = [("TCA_KIND", "ingress")]
        flags = nl.NLM_F_CREATE | nl.NLM_F_EXCL
        _send(host, RTM_NEWQDISC, flags, index, TC_H_INGRESS, _INGRESS_HANDLE, attributes=kind, tolerated=(EEXIST,))
    gone = (ENOENT, EINVAL)
    _send(host, RTM_DELTFILTER, 0, index, _INGRESS_HANDLE, info=PREFERENCE << 16, tolerated=gone)
    if target is not None:
        _filter_set(host, index, target, _TCA_EGRESS_REDIR)
    elif not any(True for _other in host.socket.dump(RTM_GETTFILTER, _TCMSG.pack(0, index, 0, _INGRESS_HANDLE, 0))):
        _send(host, RTM_DELQDISC, 0, index, TC_H_INGRESS, tolerated=gone)


def _filter_set(host: Host, index: int, target: int, way: int) -> None:
    info = PREFERENCE << 16 | _network_order(_ETH_P_ALL)
    attributes = [("TCA_KIND", "u32"), ("TCA_OPTIONS", _everything_to(target, way))]
    _send(host, RTM_NEWTFILTER, nl.NLM_F_CREATE, index, _INGRESS_HANDLE, info=info, attributes=attributes)


def _options(qdisc: Qdisc) -> Dict[str, Any]:
    if qdisc.kind == "pfifo":
        return {"limit": qdisc.limit}
    parms = {name: getattr(qdisc, name) for name in ("rate", "buffer", "limit", "peak", "mtu")}
    # With the layer named the kernel asks for no table of times, which it has not used since 3.9.
    layers = {"rate___reserved": _ETHERNET, "peak___reserved": _ETHERNET}
    return {"attrs": [("TCA_TBF_PARMS", dict(parms, **layers))]}


def _everything_to(target: int, way: int) -> Dict[str, Any]:
    """Options of a u32 filter: every packet, whatever is in it, to the queue of another link, or in by it."""
    parms = {"action": _TC_ACT_STOLEN, "eaction": way, "ifindex": target}
    mirred = [("TCA_ACT_KIND", "mirred"), ("TCA_ACT_OPTIONS", {"attrs": [("TCA_MIRRED_PARMS", parms)]})]
    actions = {"attrs": [("TCA_ACT_PRIO_1", {"attrs": mirred})]}
    return {"attrs": [("TCA_U32_ACT", actions), ("TCA_U32_SEL", {"keys": ["0x0/0x0+0"]})]}


def _send(
    host: Host,
    kind: int,
    flags: int,
    index: int,
    parent: int,
    handle: int = 0,
    info: int = 0,
    attributes: Collection[Tuple[str, Any]] = (),
    tolerated: Collection[int] = (),
) -> None:
    message = _message_class()()
    message["index"], message["handle"], message["parent"], message["info"] = index, handle, parent, info
    message["attrs"] = list(attributes)
    message.encode()
    host.socket.send([Request(kind, flags, bytes(message.data)[_NLMSGHDR:])], tolerated)


def _index(host: Host, ifname: str) -> Optional[int]:
    link = rtnetlink.read_link(host.socket, ifname)
    return link.index if link is not None else None


def _network_order(number: int) -> int:
    return int.from_bytes(number.to_bytes(2, "big"), sys.byteorder)


@functools.lru_cache(maxsize=None)
def _message_class() -> Any:
    try:
        from pyroute2.netlink.rtnl.tcmsg import tcmsg
    except ImportError as error:
        raise MissingDependencyError("pyroute2", "to limit traffic of containers") from error
    return tcmsg
