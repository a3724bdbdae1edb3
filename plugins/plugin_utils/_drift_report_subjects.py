# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each line and each difference of a report is about: the subjects that a drawing can mark. Pure.

The subjects are those of the module's diff: ``bridge br-front``, ``namespace web``, ``container web:eth0``,
``file /etc/netns/web/hosts``, ``packet rules``, ``host`` and ``leases``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

DRIFT, INTENDED = "drift", "intended"
#: NAME:INTERFACE has one colon, which no address of IPv6 and no MAC has.
_INTERFACE = re.compile(r"(?<![\w.:\[\]-])([A-Za-z0-9][\w.-]*:[A-Za-z][\w.@-]*)(?![\w:])")
_PATH = re.compile(r"(/etc/netns/[^\s:]+?)(?:/: (.+)|$)")
_NAMESPACE = re.compile(r"\bnamespace (?:of )?([A-Za-z0-9][\w.-]*)$|^(?:attach|detach) ([A-Za-z0-9][\w.-]*)\b")
_RENAMED = re.compile(r"^rename \S+ in namespace (\S+) to (\S+)$")
_REPLACED = re.compile(r"namespace that replaced (\S+)")
_BRIDGE = re.compile(
    r"^(?:create|remove|replace) bridge (\S+)|\b(?:of|to|from) (\S+?)(?: from .*)?$|^set (\S+) (?:up|down)$"
)
_SETTING = re.compile(r"^set net\.(?:ipv[46]\.conf\.([^.]+)\.)?")


def subjects_of(line: str) -> list[str]:
    """What one action is about. Where nothing else is named it is the packet rules, whose lines name addresses."""
    if line.startswith(("lease ", "release ")):
        return ["leases"]
    if " nft table" in line or " in table " in line or " to table " in line or "publish " in line:
        return ["packet rules"]
    if " interrupted run " in line:
        return ["host"]
    path = _PATH.search(line)
    if path:
        names = (path.group(2) or "").split(", ")
        return [f"file {path.group(1)}/{name}" if name else f"file {path.group(1)}" for name in names]
    renamed = _RENAMED.match(line)
    if renamed:
        return ["container {0}:{1}".format(*renamed.groups())]
    interface = _INTERFACE.search(line)
    if interface:
        return ["container " + interface.group(1)]
    namespace = _REPLACED.search(line) or _NAMESPACE.search(line)
    if namespace:
        return ["namespace " + next(name for name in reversed(namespace.groups()) if name)]
    return [_of_the_host(line)]


def _of_the_host(line: str) -> str:
    setting = _SETTING.match(line)
    if setting:
        return "host" if setting.group(1) in (None, "all", "default") else "bridge " + setting.group(1)
    bridge = _BRIDGE.search(line)
    if bridge:
        return "bridge " + next(name for name in bridge.groups() if name)
    return "packet rules"


def lines_by_subject(report: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Subject → the (kind, line) of every action about it, in their order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind in (DRIFT, INTENDED):
        for line in report[kind]:
            for subject in subjects_of(line):
                found.setdefault(subject, []).append((kind, line))
    return found


def kind_of(subject: str, lines: Mapping[str, list[tuple[str, str]]], report: Mapping[str, Any]) -> str:
    """Drift wins where both changed something. A difference that no line explains is drift while there is any."""
    kinds = {kind for kind, _line in lines.get(subject, ())}
    if kinds:
        return DRIFT if DRIFT in kinds else INTENDED
    return DRIFT if report[DRIFT] else INTENDED


def is_prose(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value


def differences(report: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, Any, Any]]]]:
    """Subject → rows of (word, before, after). None stands for what is not there."""
    before, after = report["diff"]["before"], report["diff"]["after"]
    found = []
    for subject in [*after, *(subject for subject in before if subject not in after)]:
        old, new = _flat(before.get(subject, {})), _flat(after.get(subject, {}))
        words = [*new, *(word for word in old if word not in new)]
        rows = [(word, *_only_the_difference(old.get(word), new.get(word))) for word in words]
        rows = [row for row in rows if row[1] != row[2]]
        if rows:
            found.append((subject, rows))
    return found


def _flat(words: Any, prefix: str = "") -> dict[str, Any]:
    """A dictionary in a dictionary becomes words with its name in front."""
    flat: dict[str, Any] = {}
    for word, value in words.items() if isinstance(words, Mapping) else [("", words)]:
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{word} "))
        else:
            flat[(prefix + str(word)).strip()] = value
    return flat


def _only_the_difference(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two long values, what only one of them has."""
    if is_prose(old) and is_prose(new):
        olds, news = old.splitlines(), new.splitlines()
    elif isinstance(old, list) and isinstance(new, list):
        olds, news = old, new
    else:
        return old, new
    gone, come = [item for item in olds if item not in news], [item for item in news if item not in olds]
    if not (gone or come):  # the same ones in another order
        return olds, news
    return gone or None, come or None
