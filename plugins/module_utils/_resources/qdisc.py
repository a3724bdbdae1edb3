# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A limit of the traffic of a link: what it asks of the link's qdisc, compared with what is there. Pure.

As the bandwidth plugin of CNI has it, both ends of a limit are on the host, out of the container's reach:

- into the container: a token bucket (tbf(8)) on the host end of its pair;
- out of it: all that comes in by the host end is sent to an ``ifb`` (``links/ifb.py``), which has the token bucket.

A host end that is limited in any way has a root qdisc of ours, at least a plain queue: a dump of the links shows it, so
that whoever limits nothing pays nothing for looking.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Tuple

from .._kernel import tc
from .._kernel.changes import Subject
from .._kernel.data import NamedTuple
from .._kernel.errors import ForeignObjectError
from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link
from .._kernel.tc import HANDLES, Qdisc, Shaping
from .action import Action, Operation, operation

#: What a bucket holds where no burst is declared: 10 ms of the rate, and no less than this many bytes.
_LEAST_DEFAULT_BURST = 65536
#: How long a packet may wait in a bucket: a 20th of a second of the rate. What comes then is dropped.
_WAITING = 20
_ETHERNET_HEADER = 14
_NANOSECONDS = 10**9
_RATES = (("gbit", 10**9), ("mbit", 10**6), ("kbit", 10**3))
_SIZES = (("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10))

#: The root qdisc of a host end of which only what comes out of the container is limited; as long as a veth's queue.
PLAIN = Qdisc("pfifo", HANDLES["pfifo"], limit=1000)


class Limit(NamedTuple):
    """``rate`` in bytes per second; ``burst``, what may go at once, in bytes."""

    rate: int
    burst: int

    def __str__(self) -> str:
        return "{0}, burst {1}".format(rate_text(self.rate), size_text(self.burst))

    @property
    def qdisc(self) -> Qdisc:
        buffer = (self.burst * _NANOSECONDS + self.rate * tc.TICK // 2) // (self.rate * tc.TICK)
        return Qdisc("tbf", HANDLES["tbf"], self.rate, buffer, self.rate // _WAITING + self.burst)


def default_burst(rate: int) -> int:
    return max(rate // 100, _LEAST_DEFAULT_BURST)


def least_burst(rate: int, mtu: int) -> int:
    """A packet that does not fit into the bucket is never sent. The kernel counts its size in ticks."""
    return mtu + _ETHERNET_HEADER + rate * tc.TICK // _NANOSECONDS + 1


def limit(rate: int, burst: Optional[int], mtu: int) -> Limit:
    """``mtu``: of the link, which may be more than a declaration knows of."""
    return Limit(rate, max(burst or default_burst(rate), least_burst(rate, mtu)))


def limit_of(qdisc: Optional[Qdisc]) -> Optional[Limit]:
    """What a qdisc of ours limits; None where it limits nothing."""
    if qdisc is None or qdisc.kind != "tbf":
        return None
    return Limit(qdisc.rate, max(qdisc.limit - qdisc.rate // _WAITING, 0))


def rate_text(rate: int) -> str:
    """In the words of tc: ``10mbit``. ``rate`` in bytes per second."""
    return _text(rate * 8, _RATES, "bit")


def size_text(size: int) -> str:
    """In the words of tc, where ``kb`` is 1024 bytes: ``64kb``."""
    return _text(size, _SIZES, "b")


def _text(number: int, units: Tuple[Tuple[str, int], ...], unit: str) -> str:
    for name, factor in units:
        if number and number % factor == 0:
            return "{0}{1}".format(number // factor, name)
    return "{0}{1}".format(number, unit)


def traffic(way: str, owner: str) -> str:
    """For a person. ``way``: ingress or egress, as seen from the container; ``owner``: its interface, web:eth0."""
    return "traffic {0} {1}".format("into" if way == "ingress" else "out of", owner)


def shaping_of(link: Optional[Link], observed: Observed) -> Shaping:
    return observed.shaping.get(link.index, tc.NOTHING) if link is not None else tc.NOTHING


def words(qdisc: Optional[Qdisc]) -> Optional[Dict[str, Any]]:
    """As ``qdisc.set`` has them."""
    return qdisc._asdict() if qdisc is not None else None


def root_of(limited: Optional[Limit], ifb: Optional[str]) -> Optional[Qdisc]:
    """Of a host end: what goes into the container is limited, or what comes out is sent to an ifb, or neither."""
    if limited is not None:
        return limited.qdisc
    return PLAIN if ifb is not None else None


def setting_up(ifname: str, root: Optional[Qdisc], ifb: Optional[str] = None) -> Tuple[Operation, ...]:
    """What gives these to a link that has none."""
    steps: List[Operation] = []
    if root is not None and root.kind in HANDLES:
        steps.append(operation("qdisc.set", ifname=ifname, qdisc=words(root)))
    if ifb is not None:
        steps.append(operation("redirect.set", ifname=ifname, to=ifb))
    return tuple(steps)


def refuse_foreign_root(ifname: str, owner: str, now: Shaping) -> None:
    """Stop where a link that is to be limited has a qdisc that somebody else gave it, and nobody here could bring
    back. ``owner``: whose traffic it is, for a person: web:eth0."""
    if now.root is not None and now.root.kind not in HANDLES:
        raise ForeignObjectError(
            "interface {0} has a qdisc ({1}) that is not ours: it stands in the way of the limits of {2}; "
            "nothing was changed. Remove it (tc qdisc delete dev {0} root)".format(ifname, now.root.kind, owner)
        )


def refuse_foreign_filters(ifname: str, owner: str, now: Shaping) -> None:
    """Stop where somebody else's filters see what comes in by a link before ours does, or instead of it."""
    if now.foreign or now.ingress not in ("", "ingress"):
        raise ForeignObjectError(
            "interface {0} has filters for what comes in by it ({1}) that are not ours: they stand in the way of the "
            "limits of {2}; nothing was changed. Remove them (tc qdisc delete dev {0} {1})".format(
                ifname, now.ingress, owner
            )
        )


def compare_root(
    ifname: str, shown: str, subject: Subject, way: str, owner: str, now: Optional[Qdisc], wanted: Optional[Qdisc]
) -> Iterator[Action]:
    """``way`` and ``owner``: what the link's queue is for, as ``traffic`` has them."""
    if now is not None and (now.kind not in HANDLES or (wanted is None and now.handle not in HANDLES.values())):
        return  # somebody else's
    if _same(now, wanted):
        return
    yield Action(
        text=_text_of_change(shown, traffic(way, owner), now, wanted),
        subject=subject,
        do=(operation("qdisc.set", ifname=ifname, qdisc=words(wanted)),),
        undo=(operation("qdisc.set", ifname=ifname, qdisc=words(now)),),
        before=described(way, limit_of(now)),
        after=described(way, limit_of(wanted)),
    )


def compare_redirect(
    ifname: str, subject: Subject, owner: str, outer: Link, ifb: Optional[str], observed: Observed
) -> Iterator[Action]:
    """Where what comes in by a host end is sent. ``ifb``: the name of the link it is to go to; None: nowhere."""
    now = shaping_of(outer, observed)
    target = observed.links.get(ifb) if ifb is not None else None
    if now.redirect == (target.index if target is not None else None) and (ifb is None) == (target is None):
        return
    before = tc.GONE if now.redirect == 0 else _target(now, observed)
    yield Action(
        text="send {0} through {1}".format(traffic("egress", owner), ifb)
        if ifb is not None
        else "no longer send {0} through an ifb".format(traffic("egress", owner)),
        subject=subject,
        do=(operation("redirect.set", ifname=ifname, to=ifb),),
        undo=(operation("redirect.set", ifname=ifname, to=before),),
        before={"egress through": before or None},
        after={"egress through": ifb},
    )


def _target(now: Shaping, observed: Observed) -> Optional[str]:
    """The name of the link that a redirect goes to; None where there is none."""
    found = observed.by_index.get(now.redirect) if now.redirect is not None else None
    return found.ifname if found is not None else None


def redirected_to(link: Optional[Link], observed: Observed) -> Optional[str]:
    return _target(shaping_of(link, observed), observed)


def _same(now: Optional[Qdisc], wanted: Optional[Qdisc]) -> bool:
    """Whoever set the same by tc may have rounded a burst otherwise by a tick."""
    if now is None or wanted is None:
        return now is wanted
    rest = ("kind", "handle", "rate", "limit", "peak")
    alike = all(getattr(now, name) == getattr(wanted, name) for name in rest)
    return alike and abs(now.buffer - wanted.buffer) <= 1


def described(way: str, limited: Optional[Limit]) -> Dict[str, Any]:
    """In the words of a diff."""
    return {"bandwidth " + way: str(limited) if limited is not None else None}


def _text_of_change(shown: str, what: str, now: Optional[Qdisc], wanted: Optional[Qdisc]) -> str:
    was, will = limit_of(now), limit_of(wanted)
    if will is None:
        if was is None:
            kinds = [each.kind if each is not None else "none" for each in (now, wanted)]
            return "set the queue of {0} from {1} to {2}".format(shown, *kinds)
        return "no longer limit {0} ({1})".format(what, was)
    if was is None:
        return "limit {0} to {1}".format(what, will)
    if was == will:
        return "set the limit of {0} to {1} again".format(what, will)
    return "change the limit of {0} from {1} to {2}".format(what, was, will)
