# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drawing of a host shows: bridges, boxes (one for each namespace), published ports, marks. Pure data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ._drift_report_subjects import DRIFT, INTENDED, differences, kind_of, lines_by_subject

#: Of more boxes, only those that something is marked in are drawn.
MANY = 40


@dataclass(frozen=True)
class Mark:
    """``kind``: drift, intended, or empty when all is as declared. ``lines``: what to do about it.

    ``note``: what differs on something that is there, in few words.
    """

    kind: str = ""
    lines: tuple[str, ...] = ()
    note: str = ""


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
    """A line in a box: an interface (``network`` says of which bridge) or a second name of the namespace."""

    text: str
    mark: Mark
    network: str = ""


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
class Scene:
    """Everything in one drawing. ``chips`` belong to the whole host; ``gone`` is what is to be removed."""

    buses: tuple[Bus, ...]
    boxes: tuple[Box, ...]
    left_out: int
    chips: tuple[tuple[str, Mark], ...]
    gone: tuple[tuple[str, Mark], ...] = field(default=())


class Marks:
    """Looks subjects up, and remembers which ones were: the others have no place of their own in the drawing."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        self._report = report
        self._lines = lines_by_subject(report)
        self._differences = dict(differences(report))
        self._subjects = {*self._lines, *self._differences}
        self.placed: set[str] = set()

    def of(self, *subjects: str) -> Mark:
        found = [subject for subject in subjects if subject in self._subjects]
        self.placed.update(found)
        kinds = {kind_of(subject, self._lines, self._report) for subject in found}
        lines = [line for subject in found for _kind, line in self._lines.get(subject, ())]
        kind = DRIFT if DRIFT in kinds else INTENDED if kinds else ""
        notes = [_note(self._differences.get(subject, [])) for subject in found]
        return Mark(kind, tuple(dict.fromkeys(lines)), ", ".join(note for note in notes if note))

    def under(self, prefix: str) -> Mark:
        return self.of(*sorted(subject for subject in self._subjects if subject.startswith(prefix)))

    def of_port(self, container: str, published: str, lease: str) -> Mark:
        """``published`` and ``lease`` are how lines name the port: 0.0.0.0:8080/tcp and 8080/tcp."""
        rule, owned = re.escape(published), re.escape(lease) + " (?:to|of) " + re.escape(container)
        words = re.compile(rf"\b(?:un)?publish {rule} |^(?:lease|release) port {owned} ")
        kinds = [(kind, line) for kind in (DRIFT, INTENDED) for line in self._report[kind] if words.search(line)]
        return Mark(kinds[0][0], tuple(line for _kind, line in kinds)) if kinds else Mark()

    def left(self) -> list[str]:
        return sorted(self._subjects - self.placed)


def scene_of(report: Mapping[str, Any]) -> Scene:
    """The picture of a host as it is declared, with marks where the host is not so."""
    marks = Marks(report)
    buses = tuple(_bus(name, network, marks) for name, network in report["networks"].items())
    boxes = _boxes(report["containers"], marks)
    shown = boxes if len(boxes) <= MANY else [box for box in boxes if box.marked][:MANY]
    chips = (
        ("packet rules", marks.of("packet rules")),
        ("settings of the host", marks.of("host")),
        ("leases", marks.of("leases")),
        ("files under /etc/netns", marks.under("file ")),
    )
    gone = tuple((subject, marks.of(subject)) for subject in marks.left())
    return Scene(buses, tuple(shown), len(boxes) - len(shown), chips, gone)


def _bus(name: str, network: Mapping[str, Any], marks: Marks) -> Bus:
    ifname = str(network.get("bridge", ""))
    return Bus(name, ifname, tuple(network.get("subnets", ())), marks.of("bridge " + ifname))


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
        rows = tuple(Row(name, marks.of("namespace " + name)) for name in guests[""])
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
    rows += [Row("also: " + guest, marks.of("namespace " + guest)) for guest in guests]
    note = "" if interfaces else "no network, lo only"
    return Box(name, note, marks.of("namespace " + name), tuple(rows), tuple(_ports(name, container, marks)))


def _interface(name: str, ifname: str, nic: Mapping[str, Any], marks: Marks) -> Iterable[Row]:
    words = [ifname, *(str(nic[family]) for family in ("ipv4", "ipv6") if nic.get(family))]
    mark = marks.of(f"container {name}:{ifname}")
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
        words = f"{port['published']}/{port['protocol']}"
        mark = marks.of_port(name, f"{shown}:{words}", where + words)
        found[text] = mark if mark.kind else found.get(text, mark)
    return [Row(text, mark) for text, mark in found.items()]


def _note(rows: list[tuple[str, Any, Any]]) -> str:
    """Nothing for what is to be made or removed as a whole: its mark says that."""
    if len(rows) > 1 and (all(row[1] is None for row in rows) or all(row[2] is None for row in rows)):
        return ""
    told = [_in_few_words(*row) for row in rows[:2]]
    return ", ".join(told + (["…"] if len(rows) > len(told) else []))


def _in_few_words(word: str, before: Any, after: Any) -> str:
    name = word.split(" ", 1)[1] if word.startswith("address ") else word
    if before is None or after is None:
        return f"{name} {'is missing' if before is None else 'is not declared'}"
    now, wanted = (str(value) if not isinstance(value, bool) else "on" if value else "off" for value in (before, after))
    return f"{name} {now} → {wanted}"[:48]
