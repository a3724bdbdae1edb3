# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts made of namespaces: a kernel's whole network each, without touching the machine they run on.

A lab is a wire (a bridge in a namespace of its own) with parties on it: one or more hosts, a client, an attacker.
Only ``pyroute2``-free things are used here, so that a lab cannot share a fault with what it tests.
"""

from __future__ import annotations

from .lab import Lab, missing
from .place import Container, Host, Place, Refused
from .waiting import wait_for

__all__ = ["Container", "Host", "Lab", "Place", "Refused", "missing", "wait_for"]
