# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One story of a topology, the same on every kernel and userland: python3 -m tests.matrix.smoke.

It runs with the target's own Python (3.9 and later) and needs what a target needs, and nothing more: no pytest, no
ansible program. Modules are run by their file on a lab host, as tests.lab does.
"""
