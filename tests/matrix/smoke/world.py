# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run may change on a lab host, as lines of text that two moments can be compared by.

Written with ip and nft alone, and not with the collection's own reading, so that a kernel on which that reads wrongly
is noticed. Left out: numbers of interfaces and rules, counters, and what is learned (neighbours, conntrack).
"""

from __future__ import annotations

import json
import re
from typing import Any, List

from tests.lab import Host

_LINKS = """
ls /run/netns 2>/dev/null
for name in "" $(ls /run/netns 2>/dev/null); do
    echo "# $name"
    ip ${name:+-n "$name"} -br link; ip ${name:+-n "$name"} -br address; ip ${name:+-n "$name"} route show table all
    ip ${name:+-n "$name"} -6 route show table all
done
grep -rs . /etc/netns || true
"""
_VARIES = re.compile(r"@if\d+| metric \d+ pref \w+| linkdown| dadfailed| expires \d+sec| fe80::[0-9a-f:]+/64")
#: What comes and goes by itself: multicast and link-local routes.
_COMES_AND_GOES = re.compile(r"^(multicast|anycast|(local )?fe80)")


def world(host: Host) -> List[str]:
    text = host.run(["sh", "-c", _LINKS]).stdout
    lines = [_VARIES.sub("", line).rstrip() for line in text.splitlines()]
    return [line for line in lines if not _COMES_AND_GOES.match(line)] + rules(host)


def rules(host: Host) -> List[str]:
    """Every object of every nft table, without its number, and elements in one order."""
    listed = json.loads(host.run(["nft", "-j", "list", "ruleset"]).stdout)["nftables"]
    return sorted(json.dumps(_settled(each), sort_keys=True) for each in listed if "metainfo" not in each)


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _settled(each) for key, each in value.items() if key not in ("handle", "packets", "bytes")}
        if isinstance(kept.get("elem"), list):
            kept["elem"] = sorted(kept["elem"], key=lambda each: json.dumps(each, sort_keys=True))
        return kept
    return [_settled(each) for each in value] if isinstance(value, list) else value


def difference(before: List[str], after: List[str]) -> str:
    """Lines that went and lines that came, as in a diff; empty when there are none."""
    gone = ["-" + line for line in before if line not in after]
    come = ["+" + line for line in after if line not in before]
    return "\n".join(gone + come)
