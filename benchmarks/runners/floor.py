# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fewest messages that give the same result: floor.c, or what ``nft``, ``ip`` and ``bridge`` do in a batch."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from .. import declaration, fleet
from ..places import OUTPUT, program
from ..sample import compile_program, run
from ..trials import GROWTH, Trial
from . import Runner, Steps

_BINARY = OUTPUT / "floor"
_RULES = """table ip floor {{
map ports {{ type inet_proto . inet_service : ipv4_addr . inet_service
elements = {{ {elements} }} }}
chain pre {{ type nat hook prerouting priority dstnat
fib daddr type local dnat ip to meta l4proto . th dport map @ports; }}
chain out {{ type nat hook output priority -100; fib daddr type local dnat ip to meta l4proto . th dport map @ports; }}
chain post {{ type nat hook postrouting priority srcnat; ip saddr 10.100.0.0/16 masquerade; }}
}}
"""


class Floor(Runner):
    name = "floor"
    scenarios = tuple(GROWTH)

    def missing(self) -> Optional[str]:
        if program("gcc") is None or program("nft") is None:
            return "gcc and nft"
        compile_program("floor.c")
        return None

    def steps(self, trial: Trial, folder: Path) -> Steps:
        """Of ports and peers there is no program: ``nft -f``, ``ip -batch`` and ``bridge -batch`` are it."""
        if trial.scenario == "ports":
            yield "build", run([str(program("nft")), "-f", _ports(trial.size, folder)])
        elif trial.scenario == "peers":
            yield "build", run(["sh", _peers(trial.size, folder)])
        else:
            each = ["1"] if trial.scenario == "networks" else []
            yield "build", run([str(_BINARY), "build", str(trial.size), *each])
            yield "teardown", run([str(_BINARY), "teardown", str(trial.size)])


def _ports(size: int, folder: Path) -> str:
    """A script for nft, with the ports of ``declaration.many_ports``."""
    first = declaration.FIRST_OF_MANY_PORTS
    elements = ",\n".join("tcp . {0} : 10.100.0.2 . {0}".format(first + number) for number in range(size))
    script = folder / "rules"
    script.write_text(_RULES.format(elements=elements))
    return str(script)


def _peers(size: int, folder: Path) -> str:
    for name, text in fleet.inside():
        (folder / name).write_text(text)
    (folder / "links").write_text("\n".join(fleet.links(size)) + "\n")
    (folder / "entries").write_text("\n".join(fleet.entries(size)) + "\n")
    script = folder / "build"
    lines = ["set -e", "cd {0}".format(folder), "ip -batch links", "bridge -batch entries"]
    lines += ["ip -n {0} -batch {0}".format(name) for name, _text in fleet.inside()]
    script.write_text("\n".join(lines) + "\n")
    return str(script)
