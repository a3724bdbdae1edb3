# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that make reports of drift. What they do is in plugin_utils; here they meet Ansible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report import STATUSES, report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report_page import page_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report_text import text_of


def drift_report(result: Any, host: str, topology: str = "default") -> dict[str, Any]:
    return report_of(result, str(host), str(topology))


def drift_text(reports: Any, when: str = "") -> str:
    return text_of(_checked(reports, "drift_text"), when)


def drift_html(reports: Any, when: str = "", title: str = "Drift report") -> str:
    return page_of(_checked(reports, "drift_html"), when, title)


def _checked(reports: Any, name: str) -> list[Mapping[str, Any]]:
    reports = [reports] if isinstance(reports, Mapping) else list(reports or ())
    for report in reports:
        if not isinstance(report, Mapping) or report.get("status") not in STATUSES:
            raise AnsibleFilterError(f"linuxnet.fabric.{name} takes a list of what linuxnet.fabric.drift_report gives")
    return reports


class FilterModule:
    """Three filters for one story."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"drift_report": drift_report, "drift_text": drift_text, "drift_html": drift_html}
