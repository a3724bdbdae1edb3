# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door between Ansible and the rooms: parameters in, one result shape out, every error one message.

The rooms are not sent with each task, but kept on the host. Ansible packs what a module imports by a statement, and
reads all of that to see what it imports in turn, so the rooms are imported by their names here. Where the collection
itself is at hand, as it is for a module that is run by its file, it is what is imported.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Dict, Mapping

if TYPE_CHECKING:
    from . import frame
    from .answer import Answer


def begin(arguments: Mapping[str, Any], room: str) -> None:
    """Have a room of ``_module`` begin what it may before Ansible's own code is imported, which takes longer than ours.

    Where the collection itself is at hand, and the module's arguments with it. They were not looked at yet.
    """
    importlib.import_module("{0}.{1}".format(__package__, room)).begin(arguments)


def hand_over(argument_spec: Dict[str, Any], perform: str, keeps: bool, **module_arguments: Any) -> None:
    """Call ``perform(params, check_mode)`` and hand its result, or its error, to Ansible.

    ``perform``: room of ``_module`` and function there, such as ``small.perform_netns``. ``keeps``: whether a run
    outside of check mode may keep the code on the host for the next one.
    """
    # Ansible's own code comes with the first, and what it imports, too, with the others.
    from . import frame
    from .answer import Answer
    from .engine import WANTED, code

    module = frame.begin(argument_spec, **module_arguments)
    makes = module.params.get("state") == "present"
    with code(module.engine, keeps and not module.check_mode, makes) as package:
        answer = _answer(package, perform, module) if package is not None else Answer({"changed": False, WANTED: True})
    frame.end(module, answer)


def _answer(package: str, perform: str, module: "frame.Module") -> "Answer":
    performing = importlib.import_module(package + "._module.performing")
    room, _dot, function = perform.partition(".")
    performs = getattr(importlib.import_module("{0}._module.{1}".format(package, room)), function)
    found: Answer = performing.answer(performs, module.params, module.check_mode, module._verbosity >= 2, module._diff)
    return found
