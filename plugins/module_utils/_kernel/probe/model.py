# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent from one namespace to another, and what became of it. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

#: What became of a probe. ``arrived``: it came, and no answer of it did. ``skipped``: it was not sent.
ANSWERED, ARRIVED, SILENT, SKIPPED = "answered", "arrived", "silent", "skipped"
ICMP, TCP, UDP, SCTP = "icmp", "tcp", "udp", "sctp"


@dataclass(frozen=True)
class Probe:
    """``source`` and ``target`` are handles of namespaces; None is the host's own."""

    source: Optional[str]
    target: Optional[str]
    address: str
    protocol: str  # icmp | tcp | udp | sctp
    port: Optional[int] = None  # None: that of an ear of ours, which nobody else uses
    ear_address: str = ""  # where it arrives, behind a published port; empty: where it is sent to
    ear_port: Optional[int] = None
    device: str = ""  # the interface that the sender is held to
    elsewhere: bool = False  # the target is no namespace of this host: nobody hears it arrive
    host: str = ""  # the inventory name of the host that the target is on; empty: this one, or nobody's
    token: bytes = b""  # 8 bytes by which it is known; empty: some that no other has
    half_open: bool = False  # of TCP no more than the first segment, whose sequence number the token begins with
    expected: bool = True  # whether an answer is waited for; else no more than a moment

    @property
    def family(self) -> int:
        return 6 if ":" in self.address else 4


@dataclass(frozen=True)
class Outcome:
    """``said``: what the kernel said when it was sent, or why it was not."""

    result: str
    said: str = ""
