# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option that says whose one object is."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  topology_name:
    description:
      - Whose object this is. Do not use the name of a topology that M(linuxnet.fabric.topology) manages; it removes
        what it does not declare.
    type: str
    default: by_hand
"""
