# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A toy: a network that is nothing but addresses on a macvtap in each container. ``test_recipes.py`` puts it among the
drivers, where the imports lead.
"""

from __future__ import annotations

from typing import Iterator

from ..._declaration.driver import NetworkWords
from ..._declaration.topology import Network
from ..._declaration.words import Problems
from ..._resources.links.macvtap import Macvtap
from .driver import Driver, Place


class MacvtapDriver(Driver):
    name = "macvtap"
    words = ("colour",)
    refusal = "its containers talk to nobody"

    def parse(self, network: Network, words: NetworkWords, problems: Problems) -> Network:
        if words.get("colour") not in (None, "red"):
            problems.note(words.at("colour"), "paint it red")
        return network

    def place_links(self, place: Place) -> Iterator[Macvtap]:
        yield Macvtap(
            netns=place.container.name,
            ifname=place.attachment.ifname,
            alias=place.alias,
            owner=place.owner,
            mac=place.mac,
            mtu=place.mtu,
            addresses=place.addresses,
            routes=place.routes,
            sysctls=place.sysctls,
        )
