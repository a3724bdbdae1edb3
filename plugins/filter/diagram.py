# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that draws topologies. What it does is in plugin_utils; here it meets Ansible."""

from __future__ import annotations

# For one filter Ansible imports all of a collection, in the process of each task: so what they do is imported when they
# are called.
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def diagram(projects: Any, kind: str = "svg") -> str:
    """See diagram.yml. AnsibleFilterError for a kind that is none, and for words that cannot be read."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._diagram.graphviz import dot_of
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._diagram.mermaid import mermaid_of
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._diagram.reading import picture_of
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._diagram.svg import svg_of

    kinds = {"svg": svg_of, "mermaid": mermaid_of, "dot": dot_of}

    if kind not in kinds:
        raise AnsibleFilterError(f'linuxnet.fabric.diagram: "{kind}": expected one of {", ".join(kinds)}')
    listed = [projects] if isinstance(projects, Mapping) else list(projects or ())
    try:
        return kinds[kind](picture_of(listed))
    except DeclarationError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """One filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"diagram": diagram}
