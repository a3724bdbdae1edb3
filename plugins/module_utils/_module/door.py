# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door between Ansible and the rooms: parameters in, one result shape out, every error one message.

All that is imported from here is sent with each task of a module; ``handing_over.py`` is for those that would be large.
"""

from __future__ import annotations

from typing import Any, Dict

from . import frame
from .performing import Perform, answer


def run_module(argument_spec: Dict[str, Any], perform: Perform, **module_arguments: Any) -> None:
    """Call ``perform(params, check_mode)`` and hand its result, or its error, to Ansible."""
    module = frame.begin(argument_spec, **module_arguments)
    frame.end(module, answer(perform, module.params, module.check_mode, module._verbosity >= 2, module._diff))
