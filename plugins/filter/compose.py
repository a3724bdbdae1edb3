# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that reads Compose files. What it does is in plugin_utils; here it meets Ansible."""

from __future__ import annotations

# For one filter Ansible imports all of a collection, in the process of each task: so what they do is imported when they
# are called.
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Optional

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display

_DISPLAY = Display()


def compose(
    files: Any,
    prefix: Any = False,
    profiles: Optional[Sequence[str]] = None,
    directory: Optional[str] = None,
    declared: Iterable[str] = (),
) -> dict[str, Any]:
    """See compose.yml. AnsibleFilterError with file and place of all that is wrong."""
    listed = [files] if isinstance(files, str) else list(files or ())
    if not listed:
        return {"name": "", "networks": {}, "containers": {}, "notes": []}
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._compose.project import project_of

    on = [profiles] if isinstance(profiles, str) else list(profiles or ())
    try:
        project = project_of([str(file) for file in listed], boolean(prefix), on, directory, None, list(declared))
    except DeclarationError as error:
        raise AnsibleFilterError(str(error)) from error
    for note in project.notes:
        # Ansible tells the same warning once in a run, however many hosts have the file.
        _DISPLAY.warning(note)
    return {
        "name": project.name,
        "networks": project.networks,
        "containers": project.containers,
        "notes": list(project.notes),
    }


class FilterModule:
    """One filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"compose": compose}
