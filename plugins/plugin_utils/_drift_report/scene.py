# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drawing of a host shows: bridges, boxes (one for each namespace), published ports, marks. Pure data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Optional

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import FILES, LEASE, RULES, RUN

from .changes import DIFFERS, DRIFT, INTENDED, MISSING, SURPLUS, Change, differences, label, state_of

#: Of more boxes, only those that something is marked in are drawn.
MANY = 40
#: Of more ways to other hosts out of one network, those that are marked and the first others are drawn.
MANY_TUNNELS = 8


@dataclass(frozen=True)
class Mark:
    """``kind``: drift, intended (of the collection too), or empty when all is as declared. ``lines``: what to do.

    ``state``: whether it is missing as a whole, surplus, or there and otherwise. ``note``: what differs, in few words.
    """

    kind: str = ""
    lines: tuple[str, ...] = ()
    note: str = ""
    state: str = ""


AS_DECLARED = Mark()


@dataclass(frozen=True)
class Bus:
    """A bridge."""

    network: str
    ifname: str
    addresses: tuple[str, ...]
    mark: Mark


@dataclass(frozen=True)
class Row:
    """A line in a box: an interface (``network`` says of which bridge), a second name of the namespace, or a link.

    ``to``: the title of the box that a link leads to.
    """

    text: str
    mark: Mark
    network: str = ""
    to: str = ""


@dataclass(frozen=True)
class Box:
    """A namespace with all its names."""

    title: str
    note: str
    mark: Mark
    rows: tuple[Row, ...] = ()
    ports: tuple[Row, ...] = ()

    @property
    def marked(self) -> bool:
        return any(part.mark.kind for part in (self, *self.rows, *self.ports))


@dataclass(frozen=True)
class Tunnel:
    """The way from a bridge to another host. ``text``: that host, its address on the wire, its blocks."""

    network: str
    text: str
    mark: Mark


@dataclass(frozen=True)
class Scene:
    """Everything in one drawing. ``chips`` belong to the whole host; ``gone`` is what is to be removed.

    ``room``: how much is left free above the bridges, beside what ``tunnels`` need.
    """

    buses: tuple[Bus, ...]
    boxes: tuple[Box, ...]
    left_out: int
    chips: tuple[tuple[str, Mark], ...]
    gone: tuple[tuple[str, Mark], ...] = field(default=())
    tunnels: tuple[Tunnel, ...] = ()
    room: float = 0


class Marks:
    """Looks changes up, and remembers which ones were: the others have no place of their own in the drawing."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes = list(changes)
        self._placed: set[int] = set()

    def of(self, *parts: Optional[str], **subject: str) -> Mark:
        """Of exactly this subject, or of one of these parts of it."""
        return self.where(
            lambda change: (
                change["subject"].get("part") in (parts or (None,))
                and {word: value for word, value in change["subject"].items() if word != "part"} == subject
            )
        )

    def where(self, wanted: Callable[[Change], bool]) -> Mark:
        found = [(index, change) for index, change in enumerate(self._changes) if wanted(change)]
        self._placed.update(index for index, _change in found)
        return _mark([change for _index, change in found])

    def left(self) -> list[tuple[str, Mark]]:
        """(what it is about, mark) of what was not looked up."""
        left: dict[str, list[Change]] = {}
        for index, change in enumerate(self._changes):
            if index not in self._placed:
                left.setdefault(label(change["subject"]), []).append(change)
        return [(name, _mark(changes)) for name, changes in sorted(left.items())]


def _mark(changes: list[Change]) -> Mark:
    """Drift wins where both changed something; of its states, that which says most."""
    if not changes:
        return AS_DECLARED
    kind = DRIFT if any(change["kind"] == DRIFT for change in changes) else INTENDED
    lines = tuple(dict.fromkeys(change["text"] for change in changes))
    states = {state_of(change) for change in changes if change["subject"].get("part") is None}
    state = next((each for each in (MISSING, SURPLUS) if each in states), DIFFERS)
    notes = [_note(change) for change in changes] if state == DIFFERS else []
    return Mark(kind, lines, ", ".join(dict.fromkeys(note for note in notes if note)), state)


def scene_of(report: Mapping[str, Any]) -> Scene:
    """The picture of a host as it is declared, with marks where the host is not so."""
    marks = Marks(report["changes"])
    tunnels = [each for name, network in report["networks"].items() for each in _tunnels(name, network, marks)]
    buses = tuple(_bus(name, network, marks) for name, network in report["networks"].items())
    boxes = _boxes(report["containers"], marks)
    shown = boxes if len(boxes) <= MANY else [box for box in boxes if box.marked][:MANY]
    run = marks.where(lambda change: _is(change, RUN))
    chips = (
        ("packet rules", marks.where(lambda change: _is(change, RULES) and "topology" in change["subject"])),
        ("settings of the host", marks.where(lambda change: "host" in change["subject"])),
        ("leases", marks.where(lambda change: _is(change, LEASE))),
        ("files under /etc/netns", marks.where(lambda change: _is(change, FILES))),
        *((("interrupted run", run),) if run.kind else ()),
    )
    return Scene(buses, tuple(shown), len(boxes) - len(shown), chips, tuple(marks.left()), tuple(tunnels))


def _is(change: Change, part: str) -> bool:
    return bool(change["subject"].get("part") == part)


def _bus(name: str, network: Mapping[str, Any], marks: Marks) -> Bus:
    ifname = str(network.get("bridge") or network.get("parent") or "")
    told = [*(network.get("subnets") or ()), *([f"vni {network['vni']}"] if network.get("vni") else [])]
    return Bus(name, ifname, tuple(map(str, told)), marks.of(None, RULES, network=name))


def _tunnels(name: str, network: Mapping[str, Any], marks: Marks) -> list[Tunnel]:
    """Of an overlay: a line for each other host that it reaches over, a last one for those that there are more."""
    found = [
        Tunnel(
            name,
            "  ".join([host, str(peer["underlay_address"]), *map(str, peer.get("block") or ())]),
            marks.where(partial(_is_of_peer, network=name, peer=peer)),
        )
        for host, peer in (network.get("peers") or {}).items()
    ]
    if len(found) <= MANY_TUNNELS:
        return found
    shown = sorted(found, key=lambda tunnel: not tunnel.mark.kind)[:MANY_TUNNELS]
    return [*shown, Tunnel(name, f"and {len(found) - len(shown)} more hosts", AS_DECLARED)]


def _is_of_peer(change: Change, network: str, peer: Mapping[str, Any]) -> bool:
    """By where its entries lead to, and by the blocks that its routes are of."""
    if change["subject"] != {"network": network}:
        return False
    routes = {f"route {block}" for block in peer.get("block") or ()}
    sides = (change["before"], change["after"])
    return any(word in routes or value == peer["underlay_address"] for side in sides for word, value in side.items())


def _boxes(containers: Mapping[str, Mapping[str, Any]], marks: Marks) -> list[Box]:
    """One for each namespace, in declared order; the host's own, if somebody uses it, is the last."""
    guests: dict[str, list[str]] = {}
    for name in containers:
        root = _root(name, containers)
        if root != name:
            guests.setdefault(root, []).append(name)
    own = [name for name in containers if _root(name, containers) == name]
    boxes = [_box(name, containers[name], guests.get(name, ()), marks) for name in own]
    if "" in guests:
        rows = tuple(Row(name, marks.of(container=name)) for name in guests[""])
        boxes.append(Box("the host's own namespace", "", Mark(), rows))
    return boxes


def _root(name: str, containers: Mapping[str, Mapping[str, Any]]) -> str:
    """Whose namespace it is; empty for the host's."""
    for _step in range(len(containers) + 1):
        mode = str(containers.get(name, {}).get("mode", ""))
        if mode == "host":
            return ""
        if not mode.startswith("container:"):
            return name
        name = mode.split(":", 1)[1]
    return name


def _box(name: str, container: Mapping[str, Any], guests: Iterable[str], marks: Marks) -> Box:
    interfaces = container.get("interfaces") or {}
    rows = [row for ifname, nic in interfaces.items() for row in _interface(name, ifname, nic, marks)]
    rows += [Row("also: " + guest, marks.of(container=guest)) for guest in guests]
    note = "" if interfaces else "no network, lo only"
    mark = marks.where(lambda change: _is_of_box(change["subject"], name))
    return Box(name, note, mark, tuple(rows), tuple(_ports(name, container, marks)))


def _is_of_box(subject: Mapping[str, str], name: str) -> bool:
    """The namespace itself, its links to others, and what the packet rules say of all of it."""
    others = {"interface", "port"}.intersection(subject)
    return subject.get("container") == name and not others and subject.get("part") in (None, RULES)


def _interface(name: str, ifname: str, nic: Mapping[str, Any], marks: Marks) -> Iterable[Row]:
    words = [ifname, *(str(nic[family]) for family in ("ipv4", "ipv6") if nic.get(family))]
    mark = marks.of(None, RULES, container=name, interface=ifname)
    yield Row("  ".join(words), mark, str(nic.get("network", "")))
    if mark.note:
        yield Row(mark.note, mark)


def _ports(name: str, container: Mapping[str, Any], marks: Marks) -> Iterable[Row]:
    """Every address is not worth a word: 0.0.0.0 and :: make one row."""
    found: dict[str, Mark] = {}
    for port in container.get("ports") or ():
        host_ip = str(port["host_ip"])
        shown = f"[{host_ip}]" if ":" in host_ip else host_ip
        where = "" if host_ip in ("0.0.0.0", "::") else shown + ":"
        text = f"{where}{port['published']} → {port['target']}/{port['protocol']}"
        mark = marks.where(partial(_is_of_port, container=name, port=port))
        found[text] = mark if mark.kind else found.get(text, mark)
    return [Row(text, mark) for text, mark in found.items()]


def _is_of_port(change: Change, container: str, port: Mapping[str, Any]) -> bool:
    """By what it says of the port on either side. A lease of every address has no address."""
    if change["subject"].get("container") != container or "port" not in change["subject"]:
        return False
    anywhere = ("0.0.0.0", "::", "")
    for words in (change["before"], change["after"]):
        if words.get("protocol") == port["protocol"] and _overlap(words.get("published"), port["published"]):
            host_ip = words.get("host_ip")
            if host_ip == port["host_ip"] or (host_ip == "" and port["host_ip"] in anywhere):
                return True
    return False


def _overlap(one: Any, other: Any) -> bool:
    (low, high), (first, last) = _span(one), _span(other)
    return low <= last and first <= high


def _span(ports: Any) -> tuple[int, int]:
    """Of ``8080`` or ``8080-8090``."""
    first, _dash, last = str(ports or 0).partition("-")
    return int(first), int(last or first)


def _note(change: Change) -> str:
    rows = differences(change)
    told = [_in_few_words(*row) for row in rows[:2]]
    return ", ".join(told + (["…"] if len(rows) > len(told) else []))


def _in_few_words(word: str, before: Any, after: Any) -> str:
    name = word.split(" ", 1)[1] if word.startswith("address ") else word
    if before is None or after is None:
        return f"{name} {'is missing' if before is None else 'is not declared'}"
    now, wanted = (str(value) if not isinstance(value, bool) else "on" if value else "off" for value in (before, after))
    return f"{name} {now} → {wanted}"[:48]
