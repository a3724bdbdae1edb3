# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings under /proc/sys/net: of an interface, of a namespace, and of the host itself.

Those of the host itself (``HostSysctl``), such as forwarding, are shared with everybody on the host; who needs them,
and when they go back to what they were, is in ``forwarding.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable, Iterator, List, Optional, Tuple

from .._kernel.changes import Subject
from .._kernel.data import NamedTuple
from .._kernel.observe import Observed
from .._kernel.rtnl.read import IPV6_MTU
from .action import Action, Operation, operation


class HostSysctl(NamedTuple):
    """``along``: settings that the kernel sets together with this one, and what they are to be then (None: as it does).
    On the way back they are as they were."""

    key: str  # with slashes
    value: str
    along: Tuple[Tuple[str, Optional[str]], ...] = ()

    @property
    def keys(self) -> Tuple[str, ...]:
        return (self.key, *(key for key, _value in self.along))

    @property
    def subject(self) -> Subject:
        return Subject(host=shown(self.key))


def shown(key: str) -> str:
    """As sysctl(8) writes it, which keeps a dot in an interface's name by a slash: net.ipv4.conf.br/100.rp_filter."""
    return key.translate(_SWAPPED)


def slashed(key: str) -> str:
    """Of a key as sysctl(8) takes it, the path under /proc/sys: whichever of dot and slash comes first parts it."""
    return key if "." not in key.partition("/")[0] and "/" in key else key.translate(_SWAPPED)


_SWAPPED = str.maketrans("./", "/.")


def compare(desired: HostSysctl, observed: Observed) -> List[Action]:
    now = observed.sysctls.get(desired.key)
    was = ((key, observed.sysctls.get(key)) for key, _value in desired.along)
    with_it, back = tuple(_writes(desired.along)), tuple(_writes(was))
    return [
        replace(action, do=(*action.do, *with_it), undo=(*action.undo, *back))
        for action in compare_sysctl(None, desired.key, desired.value, now, desired.subject)
    ]


def _writes(pairs: Iterable[Tuple[str, Optional[str]]]) -> Iterator[Operation]:
    return (operation("sysctl.write", netns=None, key=key, value=value) for key, value in pairs if value is not None)


def settable(sysctls: Tuple[Tuple[str, str], ...], mtu: int) -> Tuple[Tuple[str, str], ...]:
    """Of an interface with this mtu: below IPv6's least one there is no IPv6, nor a setting of it."""
    return tuple(pair for pair in sysctls if mtu >= IPV6_MTU or not pair[0].startswith("net/ipv6/"))


def compare_sysctl(
    netns: Optional[str], key: str, value: str, now: Optional[str], subject: Subject, reborn: bool = False
) -> Iterator[Action]:
    """One setting, in a namespace or (netns None) on the host. ``reborn``: it is not there until the interface has
    the mtu that it gets now, and goes again with that."""
    if now is None and reborn:
        there = operation("sysctl.write", netns=netns, key=key, value=value)
        where = " in namespace " + netns if netns else ""
        text = "set {0} to {1}{2}".format(shown(key), value, where)
        yield Action(text, subject, (there,), (), before={shown(key): None}, after={shown(key): value})
    if now is None or now == " ".join(value.split()):
        return
    where = " in namespace " + netns if netns else ""
    yield Action(
        text="set {0} from {1} to {2}{3}".format(shown(key), now, value, where),
        subject=subject,
        do=(operation("sysctl.write", netns=netns, key=key, value=value),),
        undo=(operation("sysctl.write", netns=netns, key=key, value=now),),
        before={shown(key): now},
        after={shown(key): value},
    )
