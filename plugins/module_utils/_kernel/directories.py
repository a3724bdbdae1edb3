# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories of ours that the door has to know, which is sent with each task. Others, and files, are in ``names``."""

from __future__ import annotations

#: What dies with the boot, as what it is about does: marks of handles, files of containers, half of the journal.
RUN_DIRECTORY = "/run/linuxnet-fabric"
HANDLE_MARK_DIRECTORY = RUN_DIRECTORY + "/netns"
#: The code of modules that are sent without it, in a directory for each digest; root's alone.
ENGINE_DIRECTORY = RUN_DIRECTORY + "/engine"
#: What lasts; ours alone, mode 0700: leases, the last declarations, the way back of what outlives a boot, the lock.
STATE_DIRECTORY = "/var/lib/linuxnet-fabric"
DECLARED_DIRECTORY = STATE_DIRECTORY + "/declared"
FLEET_DIRECTORY = STATE_DIRECTORY + "/fleet"
