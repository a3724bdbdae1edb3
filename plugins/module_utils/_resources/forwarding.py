# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forwarding, which is the whole host's: who needs it, how it was found, and when it goes back to that. Pure.

A bridge network needs a host that forwards, and then the host forwards between all its interfaces. So where one of our
runs turned it on, what is neither from nor to a bridge of a topology is dropped (``ruleset/transit.py``), until the
last topology that needs it goes and forwarding is as it was found. What only a run can know is in the record: how it
was found, and which topologies have a claim. That is of one boot, as the settings are.
"""

from __future__ import annotations

from dataclasses import asdict, field, replace
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Tuple

from .._kernel.data import dataclass
from .ruleset.model import Transit
from .settings import HostSysctl

KEYS = {4: "net/ipv4/ip_forward", 6: "net/ipv6/conf/all/forwarding"}
MANAGE, KEEP = "manage", "keep"
DROP, ACCEPT = "drop", "accept"
#: inet_forward_change() in net/ipv4/devinet.c.
_REDIRECTS = "net/ipv4/conf/all/accept_redirects"
_ACCEPT_RA = "net/ipv6/conf/{0}/accept_ra"

Settings = Callable[[str], Optional[str]]  # key → value now


@dataclass(frozen=True)
class Claim:
    """Of one topology: the versions of IP that it needs forwarded, its bridges and tunnels, and what it says about the
    others'."""

    needs: Tuple[int, ...] = ()
    bridges: Tuple[str, ...] = ()
    transit: str = DROP


@dataclass(frozen=True)
class ForwardingRecord:
    """``found``: settings that runs changed, and how they were before the first of them."""

    found: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def words(self) -> Dict[str, Any]:
        """As plain as JSON."""
        claims = {name: {key: _plain(value) for key, value in asdict(c).items()} for name, c in self.claims.items()}
        return {"found": dict(self.found), "claims": claims}


def from_words(words: Mapping[str, Any]) -> ForwardingRecord:
    claims = {
        name: Claim(tuple(claim["needs"]), tuple(claim["bridges"]), claim["transit"])
        for name, claim in words["claims"].items()
    }
    return ForwardingRecord(dict(words["found"]), claims)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Forwarding:
    """What a run makes of it. ``record`` is what is known once it is done."""

    record: ForwardingRecord = ForwardingRecord()
    settings: Tuple[HostSysctl, ...] = ()  # first of all, for writing them sets others back
    given_back: Tuple[HostSysctl, ...] = ()  # last of all
    turned_on: Tuple[int, ...] = ()  # versions of IP that it was off for
    left_off: Tuple[int, ...] = ()  # that are needed, and that a run is not to turn on

    @property
    def transit(self) -> Optional[Transit]:
        """What drops the rest; None where there is nothing to drop, or somebody has it pass."""
        claims = self.record.claims.values()
        managed = tuple(family for family, key in KEYS.items() if key in self.record.found)
        if not managed or any(claim.transit == ACCEPT for claim in claims):
            return None
        return Transit(managed, tuple(sorted({bridge for claim in claims for bridge in claim.bridges})))


def decide(
    known: ForwardingRecord,
    topology: str,
    claim: Optional[Claim],
    mode: str,
    now: Settings,
    advertised: Tuple[str, ...] = (),
    interfaces: Tuple[str, ...] = (),
) -> Forwarding:
    """``claim`` None: the topology goes. ``advertised``: interfaces whose routes come from router advertisements;
    ``interfaces``: all, some of which may forward while the host as a whole does not."""
    wanted = claim.needs if claim is not None else ()
    mine = known.claims.get(topology, Claim()).needs
    if mode == KEEP:
        needs = tuple(family for family in wanted if family in mine)
        left_off = tuple(family for family in wanted if now(KEYS[family]) == "0")
        settings: Tuple[HostSysctl, ...] = ()
    else:
        needs, left_off = wanted, ()
        settings = tuple(setting for family in wanted for setting in _on(family, now, advertised, interfaces))
    claims = {name: each for name, each in known.claims.items() if name != topology}
    if claim is not None:
        claims[topology] = replace(claim, needs=needs)
    found = {**_as_found(settings, now), **known.found}
    unneeded = [family for family in KEYS if not any(family in each.needs for each in claims.values())]
    kept = {key: value for key, value in found.items() if _family(key) not in unneeded}
    back = {key: value for key, value in known.found.items() if key not in kept}
    return Forwarding(
        record=ForwardingRecord(kept, dict(sorted(claims.items()))),
        settings=settings,
        given_back=() if mode == KEEP else tuple(_off(back)),
        turned_on=tuple(family for family in wanted if KEYS[family] in kept and KEYS[family] not in known.found),
        left_off=left_off,
    )


def _on(family: int, now: Settings, advertised: Tuple[str, ...], interfaces: Tuple[str, ...]) -> Iterator[HostSysctl]:
    if family == 6:
        for ifname in advertised:
            # A router takes no advertisements, unless told so: without this the host would lose its own way out.
            yield HostSysctl(_ACCEPT_RA.format(ifname), "2")
    along = _along(family, interfaces) if now(KEYS[family]) == "0" else ()
    # Of what the kernel sets together with it, what would not be as it is now when it is off again.
    unlike = [key for key, usual in along if now(key) not in (None, usual)]
    yield HostSysctl(KEYS[family], "1", tuple((key, None) for key in unlike))


def _along(family: int, interfaces: Tuple[str, ...]) -> Iterator[Tuple[str, str]]:
    """What the kernel sets together with forwarding, and to what when it is turned off."""
    if family == 4:
        yield _REDIRECTS, "1"
    for ifname in ("default", *interfaces):
        yield "net/ipv{0}/conf/{1}/forwarding".format(family, ifname), "0"


def _as_found(settings: Tuple[HostSysctl, ...], now: Settings) -> Dict[str, str]:
    """How these are, where they are not yet as wanted, and what goes along."""
    found: Dict[str, str] = {}
    for setting in settings:
        value = now(setting.key)
        if value is None or value == setting.value:
            continue
        found[setting.key] = value
        for key, _value in setting.along:
            found[key] = now(key) or "0"
    return found


def _off(back: Mapping[str, str]) -> Iterator[HostSysctl]:
    for family, key in KEYS.items():
        rest = tuple((each, value) for each, value in back.items() if _family(each) == family and each != key)
        with_it = tuple(pair for pair in rest if not pair[0].endswith("/accept_ra"))
        if key in back:
            yield HostSysctl(key, back[key], with_it)
        # Once it is no router, it takes advertisements as it did.
        yield from (HostSysctl(each, value) for each, value in rest if each.endswith("/accept_ra"))


def _family(key: str) -> int:
    return 6 if key.startswith("net/ipv6/") else 4


def warnings(forwarding: Forwarding, networks: Mapping[int, Tuple[str, ...]]) -> Iterator[str]:
    """``networks``: version of IP → the networks that need it forwarded. What it turns on, a run says once."""
    if forwarding.turned_on and forwarding.transit is not None:
        yield (
            "this host did not forward {0}, and now does. What is neither from nor to a network of a topology is "
            "dropped; on a host that is a router, or where others such as libvirt, LXD or a VPN forward, set "
            "topology_transit: accept"
        ).format(_shown(forwarding.turned_on))
    for family in forwarding.left_off:
        yield (
            "{0} is 0, and topology_forwarding: keep leaves it so. Nothing of IPv{1} is forwarded from or to {2}: "
            "their containers do not get out, and from elsewhere nobody gets to their published ports"
        ).format(KEYS[family].replace("/", "."), family, ", ".join(networks.get(family, ())) or "any network")


def _shown(families: Tuple[int, ...]) -> str:
    return " and ".join("IPv{0}".format(family) for family in sorted(families))
