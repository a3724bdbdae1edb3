# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door between Ansible and the rooms: parameters in, one result shape out, every error one message."""

from __future__ import annotations

import gc
import sys
from typing import Any, Callable, Dict, Mapping

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._engine.report import Result
from .._kernel.errors import FabricError, MissingDependencyError

Perform = Callable[[Mapping[str, Any], bool], Result]


def run_module(argument_spec: Dict[str, Any], perform: Perform, **module_arguments: Any) -> None:
    """Call ``perform(params, check_mode)`` and hand its result, or its error, to Ansible."""
    gc.disable()  # a short life: what is made here lives to its end, and looking for garbage among it costs a tenth
    sys.setswitchinterval(0.0005)  # what nft prints is read by a thread, which is not to wait 5 ms for every piece
    module = AnsibleModule(argument_spec=argument_spec, supports_check_mode=True, **module_arguments)
    try:
        result = perform(module.params, module.check_mode)
    except MissingDependencyError as error:
        module.fail_json(msg=missing_required_lib(error.library, reason=error.reason, url=error.url or None))
    except FabricError as error:
        module.fail_json(msg=str(error), **error.details)
    else:
        for warning in result.warnings:
            module.warn(warning)
        answer = dict(result.facts, changed=result.changed, actions=list(result.actions))
        if module._verbosity >= 2 and result.timings:
            answer["timings"] = dict(result.timings)
        if module._diff:
            answer["diff"] = {"before": dict(result.before), "after": dict(result.after)}
        gc.freeze()  # nor is any garbage looked for at the very end, when everything goes
        module.exit_json(**answer)
