# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door between Ansible and the rooms: parameters in, one result shape out, every error one message.

All that is imported from here, or by what ``load`` imports, is sent with each task of a module; ``handing_over.py`` is
for those that would be large. Ansible packs what is imported by a statement, in a function too. There it is imported
when it is known whether this machine has it compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict

from . import frame
from .engine import code

if TYPE_CHECKING:
    from .performing import Perform


def run_module(argument_spec: Dict[str, Any], load: Callable[[], Perform], **module_arguments: Any) -> None:
    """Call what ``load`` gives, ``perform(params, check_mode)``, and hand its result, or its error, to Ansible."""
    module = frame.begin(argument_spec, **module_arguments)
    with code(module.engine, not module.check_mode, packed=True):
        from .performing import answer

        told = answer(load(), module.params, module.check_mode, module._verbosity >= 2, module._diff)
    frame.end(module, told)
