# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neighbour entries that somebody set for good and that say something else than is declared: packets would go astray.

One that says what is declared does no harm, and one for an address that is not declared is somebody's own business.
"""

from __future__ import annotations

from typing import Iterable, Iterator, Mapping

from .._kernel.rtnl.neighbours import Neighbour
from .action import Action, operation
from .connected import Where


def compare(where: Where, index: int, known: Mapping[str, str], entries: Iterable[Neighbour]) -> Iterator[Action]:
    """``known``: address → MAC of whoever is declared on the network; ``index`` is the link's."""
    for entry in entries:
        if entry.oif != index or known.get(entry.address, entry.mac) == entry.mac:
            continue
        words = {"netns": where.netns, "ifname": where.ifname, "address": entry.address, "mac": entry.mac}
        shown = "{0} at {1}".format(entry.address, entry.mac or "no MAC")
        yield Action(
            text="remove the permanent neighbour {0} from {1}".format(shown, where.shown),
            subject=where.subject,
            do=(operation("neighbour.delete", **words),),
            undo=(operation("neighbour.add", **words),),
            before={"neighbour " + shown: "on"},
        )
