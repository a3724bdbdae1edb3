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

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.engine import is_kept
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.handing_over import WANTED

from .engine import Engine, installed


class Installed(ActionBase):  # type: ignore[misc]
    """As Ansible runs a module that has no action plugin; a host that is this machine is told where the code lies."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        in_background = bool(self._task.async_val) and not self._connection.has_native_async
        answer = self._answer(task_vars, in_background)
        if not in_background:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return merge_hash(result, answer)

    def _answer(self, task_vars: Any, in_background: bool) -> dict[str, Any]:
        return self._ask(task_vars, in_background, self._here())

    def _is_here(self) -> bool:
        return bool(self._connection.transport == "local")

    def _here(self) -> dict[str, Any] | None:
        return installed() if self._is_here() else None

    def _ask(self, task_vars: Any, in_background: bool, engine: dict[str, Any] | None) -> dict[str, Any]:
        arguments = {**self._task.args, **({} if engine is None else {"_engine": engine})}
        answer: dict[str, Any] = self._execute_module(
            module_args=arguments, task_vars=task_vars, wrap_async=in_background
        )
        return answer


class HandOver(Installed):
    """The module is sent without the code: a host that has none of it asks for it."""

    def _answer(self, task_vars: Any, in_background: bool) -> dict[str, Any]:
        engine = Engine(Path(C.DEFAULT_LOCAL_TMP))
        if in_background:
            # Nobody is here when it answers, so it gets all that it might ask for.
            return self._ask(task_vars, True, {"digest": engine.digest, "content": engine.content})
        return self._ask_installed(task_vars) or self._ask_kept(task_vars, engine)

    def _ask_installed(self, task_vars: Any) -> dict[str, Any] | None:
        """None: it is another machine, or who becomes root there comes to other directories."""
        here = self._here()
        if here is None:
            return None
        answer = self._ask(task_vars, False, here)
        return None if answer.get(WANTED) else answer

    def _ask_kept(self, task_vars: Any, engine: Engine) -> dict[str, Any]:
        digest = engine.digest
        if not self._is_here() or is_kept(digest):
            answer = self._ask(task_vars, False, {"digest": digest})
            if not answer.get(WANTED):
                return answer
        return self._ask(task_vars, False, {"digest": digest, "content": engine.content})
