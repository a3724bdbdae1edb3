# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module is run that is sent without the code that does its work: a host that has it not asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.plugins.action import ActionBase
from ansible.utils.vars import merge_hash

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.handing_over import WANTED

from .engine import Engine


class HandOver(ActionBase):  # type: ignore[misc]
    """As Ansible runs a module that has no action plugin, but for what it is told about the code."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        engine = Engine(Path(C.DEFAULT_LOCAL_TMP))
        if self._task.async_val and not self._connection.has_native_async:
            # Nobody is here when it answers, so it gets all that it might ask for.
            return merge_hash(result, self._ask(task_vars, True, digest=engine.digest, content=engine.content))
        answer = self._ask(task_vars, False, digest=engine.digest)
        if answer.get(WANTED):
            answer = self._ask(task_vars, False, digest=engine.digest, content=engine.content)
        self._remove_tmp_path(self._connection._shell.tmpdir)
        return merge_hash(result, answer)

    def _ask(self, task_vars: Any, wrap_async: bool, **engine: str) -> dict[str, Any]:
        arguments = {**self._task.args, "_engine": engine}
        answer: dict[str, Any] = self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=wrap_async)
        return answer
