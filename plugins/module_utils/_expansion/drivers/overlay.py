# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``driver: overlay``: a bridge network on each host, and a VXLAN device that joins them."""

from __future__ import annotations

from typing import Mapping

from ..._declaration.driver import NetworkWords
from ..._declaration.overlay_words import OVERLAY_SPELLINGS, OVERLAY_WORDS, parse_overlay
from ..._declaration.topology import Container, Network
from ..._declaration.words import Problems
from .bridge import BridgeDriver


class OverlayDriver(BridgeDriver):
    name = "overlay"
    words = OVERLAY_WORDS
    spellings = OVERLAY_SPELLINGS
    refusal = "the network is a bridge on each of its hosts, and a VXLAN between them"
    has_blocks = True

    def parse(self, network: Network, words: NetworkWords, problems: Problems) -> Network:
        return parse_overlay(network, words, problems)

    def check(
        self,
        own: Mapping[str, Network],
        networks: Mapping[str, Network],
        containers: Mapping[str, Container],
        problems: Problems,
    ) -> None:
        """A bridge's name is one network's, whatever the driver."""
        bridges = {name: network for name, network in networks.items() if network.bridge}
        super().check(bridges if own else {}, networks, containers, problems)
