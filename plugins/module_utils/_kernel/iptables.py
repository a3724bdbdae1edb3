# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of ours in a chain of iptables that another program keeps: those whose comment is our mark, and no others.

Read and written by iptables itself, so that its owner still can read the table. Only the programs that write to
nftables are called: a chain is looked for here because nft has shown it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from typing import List, Optional, Sequence

from . import gate, program
from .errors import FabricError
from .names import MARK

_PLACES = os.pathsep.join(("/usr/local/sbin", "/usr/sbin", "/sbin"))
_PREFIX = {"ip": "iptables", "ip6": "ip6tables"}


def rules(family: str, chain: str) -> Optional[List[str]]:
    """The rules of a chain of the table filter as iptables writes them; None when there is no chain or no iptables."""
    program = _program(family, "")
    if program is None:
        return None
    process = _run([program, "-w", "-S", chain])
    if process.returncode != 0:
        return None
    start = "-A {0} ".format(chain)
    return [line[len(start) :] for line in process.stdout.splitlines() if line.startswith(start)]


def trouble(family: str, chain: str) -> str:
    """Why ``rules`` gives none: what iptables says, or nothing when there is no iptables."""
    program = _program(family, "")
    return _run([program, "-w", "-S", chain]).stderr.strip() if program is not None else ""


def owned(found: Sequence[str], mark: str) -> List[str]:
    """Those that carry our mark."""
    return [rule for rule in found if _comment(rule) == mark]


def interfaces(rule: str) -> List[str]:
    """The interfaces that a rule names."""
    words = _words(rule)
    return [value for option, value in zip(words, words[1:]) if option in ("-i", "-o")]


def reached(found: Sequence[str], mark: str) -> bool:
    """Whether every rule of ours stands before the first that takes all packets."""
    bare = next((number for number, rule in enumerate(found) if _takes_all(rule)), len(found))
    return all(_comment(rule) != mark for rule in found[bare:])


def set_own(family: str, chain: str, mark: str, wanted: Sequence[str]) -> None:
    """Make the rules with our mark these, in this order: behind all others, but before one that takes all packets.

    One transaction, and none when it is so already. A chain that is gone needs nothing taken away.
    """
    found = rules(family, chain)
    if found is None:
        if wanted:
            raise FabricError("there is no chain {0} in table {1} filter any more".format(chain, family))
        return
    present = owned(found, mark)
    if present == list(wanted) and reached(found, mark):
        return
    lines = ["-D {0} {1}".format(chain, rule) for rule in present]
    then = [rule for rule in found if _comment(rule) != mark]
    for rule in wanted:
        place = _place(rule, then)
        then.insert(place, rule)
        lines.append("-I {0} {1} {2}".format(chain, place + 1, rule))
    gate.writing("iptables " + chain)
    process = _run([_program(family, "-restore") or "", "-w", "--noflush"], "\n".join(["*filter", *lines, "COMMIT\n"]))
    if process.returncode != 0:
        raise FabricError("{0}-restore: {1}".format(_PREFIX[family], process.stderr.strip()))


def _place(rule: str, present: Sequence[str]) -> int:
    """Before the first that takes all packets; what goes to a bridge of ours also before what comes from one.

    Of another topology, for instance, which returns what goes to a bridge that it does not know.
    """
    for number, other in enumerate(present):
        of_ours = (_comment(other) or "").startswith(MARK)
        if _takes_all(other) or (rule.startswith("-o ") and other.startswith("-i ") and of_ours):
            return number
    return len(present)


def _takes_all(rule: str) -> bool:
    return _without_comment(_words(rule))[:1] in (["-j"], ["-g"])


def _without_comment(words: List[str]) -> List[str]:
    if "--comment" not in words:
        return words
    at = words.index("--comment")
    return words[: at - 2] + words[at + 2 :]


def _comment(rule: str) -> Optional[str]:
    words = _words(rule)
    return next((value for option, value in zip(words, words[1:]) if option == "--comment"), None)


def _words(rule: str) -> List[str]:
    try:
        return shlex.split(rule)
    except ValueError:
        return []


def _program(family: str, suffix: str) -> Optional[str]:
    for name in (_PREFIX[family] + "-nft" + suffix, _PREFIX[family] + suffix):
        found = shutil.which(name) or shutil.which(name, path=_PLACES)
        if found is not None:
            return found
    return None


def _run(command: Sequence[str], script: str = "") -> "subprocess.CompletedProcess[str]":
    return program.run(command, script)
