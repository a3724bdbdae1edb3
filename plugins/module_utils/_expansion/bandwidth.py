# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits in the words that declare them. Pure."""

from __future__ import annotations

from typing import Any, Dict, Optional

from .._declaration.topology import Bandwidth
from .._resources.qdisc import Limit, default_burst, rate_text, size_text


def bandwidth_of(ingress: Optional[Limit], egress: Optional[Limit]) -> Dict[str, Any]:
    """Of what the kernel has. A declaration has one burst for both, so of two the one that does not follow the rate."""
    found = {"ingress": ingress, "egress": egress}
    words: Dict[str, Any] = {way: rate_text(limit.rate) for way, limit in found.items() if limit is not None}
    limits = [limit for limit in found.values() if limit is not None]
    bursts = [limit.burst for limit in limits if limit.burst != default_burst(limit.rate)]
    if bursts:
        words["burst"] = size_text(bursts[0])
    return words


def described(bandwidth: Optional[Bandwidth]) -> Optional[Dict[str, Any]]:
    """Of what is declared, for a result; None where nothing is limited."""
    if bandwidth is None:
        return None
    rates = {"ingress": bandwidth.ingress, "egress": bandwidth.egress}
    words: Dict[str, Any] = {way: rate_text(rate) for way, rate in rates.items() if rate is not None}
    if bandwidth.burst is not None:
        words["burst"] = size_text(bandwidth.burst)
    return words
