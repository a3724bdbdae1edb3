# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zone of ours in firewalld with our bridges, and two policies: accept what comes from it, and what goes to it.

Where there are overlay networks a third policy lets in what the other hosts send for them, and from nobody else.

The zone opens nothing of the host itself: what containers may reach there is the zone's to say, as for any other, and
what the user puts into it (``firewall-cmd --permanent --zone=fabric-NAME --add-service=dns``) stays. firewalld keeps
each in a file (firewalld.zone(5), firewalld.policy(5)); it takes up a new one when it reloads, an interface at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, FrozenSet, Iterator, List, Mapping, Optional, Sequence, Tuple

from ..._kernel import files, firewalld
from ..._kernel.changes import Change, Subject
from ..._kernel.data import NamedTuple
from ..._kernel.errors import FabricError, ForeignObjectError
from ..._kernel.names import firewall_mark, firewalld_zone
from ..action import Action, operation
from .openings import Opening

if TYPE_CHECKING:
    from xml.etree import ElementTree

_ZONE, _POLICY = "/etc/firewalld/zones/{0}.xml", "/etc/firewalld/policies/{0}.xml"
_ENDS = ("-in", "-out", "-udp")
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_ZONE_TEXT = (
    _HEAD
    + """<zone>
  <short>{zone}</short>
  <description>{mark}</description>
{interfaces}</zone>
"""
)
_POLICY_TEXT = (
    _HEAD
    + """<policy target="ACCEPT">
  <short>{name}</short>
  <description>{mark}</description>
  <ingress-zone name="{source}"/>
  <egress-zone name="{target}"/>
</policy>
"""
)
_OPENING_TEXT = (
    _HEAD
    + """<policy target="CONTINUE">
  <short>{name}</short>
  <description>{mark}</description>
  <ingress-zone name="ANY"/>
  <egress-zone name="HOST"/>
{rules}</policy>
"""
)
_RULE = """  <rule family="{family}">
    <source address="{peer}"/>
    <port port="{port}" protocol="udp"/>
    <accept/>
  </rule>
"""
_INTERFACE = '  <interface name="{0}"/>\n'
_SILENT = (
    "firewalld's rules drop what it does not know, but firewalld itself does not answer firewall-cmd, so it cannot be "
    "told to let bridges through (topology_firewall: integrate); nothing was changed. Start firewalld, or stop it with "
    "its rules"
)

Texts = Dict[str, Optional[str]]


class RunTime(NamedTuple):
    """What a running firewalld has: the zone's interfaces (None: it does not know the zone), and the policies."""

    interfaces: Optional[List[str]]
    policies: FrozenSet[str]


def compare(
    topology: str,
    bridges: Sequence[str],
    drops: bool,
    foreseen_files: Mapping[str, Optional[str]],
    foreseen_zones: Mapping[str, Sequence[str]],
    openings: Sequence[Opening] = (),
) -> Iterator[Action]:
    """``drops``: firewalld rejects what no zone lets pass. A zone of ours that is there is kept as wanted anyway.

    ``foreseen_files``, ``foreseen_zones``: path → text and zone → interfaces that will be there instead.
    """
    zone = firewalld_zone(topology)
    now: Texts = {
        path: foreseen_files[path] if path in foreseen_files else files.read_exactly(path) for path in _paths(zone)
    }
    if not any(now.values()) and not (bridges and drops):
        return
    _refuse_foreign(now, topology)
    then = wanted_texts(topology, bridges, now[_ZONE.format(zone)], openings)
    live = _run_time(zone)
    if live is not None and zone in foreseen_zones:
        known = sorted(foreseen_zones[zone])
        live = RunTime(known or None, frozenset(_policies(now) if known else ()))
    if live is None and bridges and drops:
        raise FabricError(_SILENT)
    reload = _must_reload(bridges, live, now, then)
    if then == now and not reload and (live is None or (live.interfaces or []) == sorted(bridges)):
        return
    if reload and bridges:
        _refuse_to_forget()
    yield _action(zone, sorted(bridges), now, then, live, reload)


def wanted_texts(
    topology: str, bridges: Sequence[str], zone_now: Optional[str], openings: Sequence[Opening] = ()
) -> Texts:
    """Path → content; None for no file."""
    zone = firewalld_zone(topology)
    path, incoming, outgoing, opened = _paths(zone)
    if not bridges:
        return dict.fromkeys((path, incoming, outgoing, opened))
    return {
        path: zone_text(topology, bridges, zone_now),
        incoming: _policy_text(topology, zone + "-in", "ANY", zone),
        outgoing: _policy_text(topology, zone + "-out", zone, "ANY"),
        opened: _opening_text(topology, zone + "-udp", openings) if openings else None,
    }


def _opening_text(topology: str, name: str, openings: Sequence[Opening]) -> str:
    rules = "".join(
        _RULE.format(family="ipv4" if opening.family == "ip" else "ipv6", peer=peer, port=opening.port)
        for opening in openings
        for peer in opening.peers
    )
    return _OPENING_TEXT.format(name=name, mark=firewall_mark(topology), rules=rules)


def zone_text(topology: str, bridges: Sequence[str], now: Optional[str]) -> str:
    """With these interfaces, and otherwise as it is now: what the user has put into the zone is the user's."""
    root = _parsed(now)
    if now is None or root is None:
        lines = "".join(_INTERFACE.format(bridge) for bridge in bridges)
        return _ZONE_TEXT.format(zone=firewalld_zone(topology), mark=firewall_mark(topology), interfaces=lines)
    if _interfaces_in(now) == sorted(bridges):
        return now
    from xml.etree import ElementTree

    for element in root.findall("interface"):
        root.remove(element)
    for bridge in bridges:
        ElementTree.SubElement(root, "interface", name=bridge)
    for element in root:
        element.tail = "\n" if element is root[-1] else "\n  "
    return _HEAD + ElementTree.tostring(root, encoding="unicode").replace(" />", "/>") + "\n"


def _policy_text(topology: str, name: str, source: str, target: str) -> str:
    return _POLICY_TEXT.format(name=name, mark=firewall_mark(topology), source=source, target=target)


def _paths(zone: str) -> Tuple[str, str, str, str]:
    incoming, outgoing, opened = (_POLICY.format(zone + end) for end in _ENDS)
    return _ZONE.format(zone), incoming, outgoing, opened


def _policies(texts: Texts) -> List[str]:
    """The names of those that are in files."""
    return [path.rsplit("/", 1)[1][: -len(".xml")] for path in texts if "/policies/" in path and texts[path]]


def _interfaces_in(text: Optional[str]) -> List[str]:
    root = _parsed(text)
    return sorted(element.get("name", "") for element in root.findall("interface")) if root is not None else []


def _parsed(text: Optional[str]) -> Optional["ElementTree.Element"]:
    """None for no file, and for one that is no XML any more: it is written anew."""
    from xml.etree import ElementTree  # only where there is firewalld

    try:
        return ElementTree.fromstring((text or "").encode("utf-8", "surrogateescape"))
    except ElementTree.ParseError:
        return None


def _run_time(zone: str) -> Optional[RunTime]:
    """None when firewalld does not run."""
    try:
        known = firewalld.interfaces(zone)
    except firewalld.NotRunning:
        return None
    if known is None:
        return RunTime(None, frozenset())
    return RunTime(known, frozenset(firewalld.policies()).intersection(zone + end for end in _ENDS))


def _must_reload(bridges: Sequence[str], live: Optional[RunTime], now: Texts, then: Texts) -> bool:
    """A running firewalld is told of an interface; of a zone or a policy it learns by a reload only."""
    if live is None:
        return False
    if not bridges:
        return live.interfaces is not None
    definitions = [path for path in then if then[path] != now[path] and (now[path] is None or "/policies/" in path)]
    return bool(definitions) or live.interfaces is None or live.policies != set(_policies(then))


def _refuse_foreign(now: Texts, topology: str) -> None:
    for path, text in now.items():
        root = _parsed(text)
        if root is not None and root.findtext("description") != firewall_mark(topology):
            raise ForeignObjectError(
                "{0} exists and is not ours (its description is not {1}): it stands in the way; nothing was "
                "changed".format(path, firewall_mark(topology))
            )


def _refuse_to_forget() -> None:
    forgotten = firewalld.forgotten_by_reload()
    if forgotten:
        raise FabricError(
            "topology_firewall: integrate needs a reload of firewalld, which would forget what is set at run time only "
            '({0}); nothing was changed. Keep it ("firewall-cmd --runtime-to-permanent"), or reload firewalld '
            "yourself, and run again".format(", ".join(forgotten))
        )


def _action(zone: str, bridges: List[str], now: Texts, then: Texts, live: Optional[RunTime], reload: bool) -> Action:
    before = _interfaces_in(now[_ZONE.format(zone)]) if live is None else live.interfaces or []
    changed = [path for path in then if then[path] != now[path]]
    lines, subject = (
        _lines(zone, before, bridges, _told_of_openings(zone, now, then)),
        Subject(host="firewalld zone " + zone),
    )
    return Action(
        lines[0],
        subject,
        do=(
            *(operation("file.replace", path=path, content=then[path]) for path in changed),
            operation("firewalld.apply", zone=zone, wanted=bridges, reload=reload),
        ),
        undo=(
            *(operation("file.replace", path=path, content=now[path]) for path in changed),
            operation("firewalld.apply", zone=zone, wanted=before, reload=reload),
        ),
        before={"interfaces": before} if before else {},
        after={"interfaces": bridges} if bridges else {},
        also=tuple(Change(line, subject) for line in lines[1:]),
    )


def _told_of_openings(zone: str, now: Texts, then: Texts) -> List[str]:
    path = _POLICY.format(zone + "-udp")
    if now[path] == then[path]:
        return []
    text = (
        "let VXLAN from {0} hosts in by the firewalld policy {1}" if then[path] else "remove the firewalld policy {1}"
    )
    return [text.format((then[path] or "").count("<rule "), zone + "-udp")]


def _lines(zone: str, before: Sequence[str], after: Sequence[str], openings: List[str]) -> List[str]:
    gone = ["take {0} out of the firewalld zone {1}".format(name, zone) for name in before if name not in after]
    come = ["put {0} into the firewalld zone {1}".format(name, zone) for name in after if name not in before]
    return gone + come + openings or ["{0} the firewalld zone {1}".format("repair" if after else "remove", zone)]
