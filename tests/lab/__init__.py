# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts made of namespaces: a kernel's whole network each, without touching the machine they run on.

A lab is a wire (a bridge in a namespace of its own) with parties on it: one or more hosts, a client, an attacker.
Only ``pyroute2``-free things are used here, so that a lab cannot share a fault with what it tests.
"""

from __future__ import annotations

import sys
from pathlib import Path

#: Makes the checkout importable as the collection, which holds the lab itself.
COLLECTIONS = str(Path(__file__).resolve().parents[2] / ".collections")
if COLLECTIONS not in sys.path:
    sys.path.insert(0, COLLECTIONS)

from .lab import Lab, missing  # noqa: E402
from .place import Container, Host, Place, Refused  # noqa: E402
from .waiting import wait_for  # noqa: E402

__all__ = ["Container", "Host", "Lab", "Place", "Refused", "missing", "wait_for"]
