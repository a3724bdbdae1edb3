# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that make reports of drift. What they do is in plugin_utils; here they meet Ansible."""

from __future__ import annotations

# For one filter Ansible imports all of a collection, in the process of each task: so what they do is imported when they
# are called.
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def drift_report(result: Any, host: str, topology: str = "default") -> dict[str, Any]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of

    return report_of(result, str(host), str(topology))


def drift_kept(gathered: Any, host: str, topologies: Iterable[str], longest: int = 60) -> list[dict[str, Any]]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.kept import reports_of

    return reports_of(gathered, str(host), map(str, topologies), int(longest))


def drift_text(reports: Any, when: str = "") -> str:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.text import text_of

    return text_of(_checked(reports, "drift_text"), when)


def drift_html(reports: Any, when: str = "", title: str = "Drift report") -> str:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.page import page_of

    return page_of(_checked(reports, "drift_html"), when, title)


def drift_fleet(reports: Any, when: str = "") -> dict[str, Any]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.programs import fleet_of

    return fleet_of(_checked(reports, "drift_fleet"), when)


def drift_junit(reports: Any, fail_pending: bool = True) -> str:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.programs import junit_of

    return junit_of(_checked(reports, "drift_junit"), fail_pending)


def drift_lines(result: Any, many: int = 40) -> list[str]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.lines import lines_of
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of

    return lines_of(report_of(result, ""), many)


def where_lines(result: Any, many: int = 20) -> list[str]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.lines import where_lines as lines_of

    return lines_of(result, int(many))


def _checked(reports: Any, name: str) -> list[Mapping[str, Any]]:
    """What is no report at all is a mistake; one that was spoilt on its way does not take the others with it."""
    reports = [reports] if isinstance(reports, Mapping) else list(reports or ())
    if reports and not any(map(_is_report, reports)):
        raise AnsibleFilterError(f"linuxnet.fabric.{name} takes a list of what linuxnet.fabric.drift_report gives")
    return [report if _is_report(report) else _spoilt(report) for report in reports]


def _is_report(report: Any) -> bool:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import STATUSES

    return isinstance(report, Mapping) and report.get("status") in STATUSES


def _spoilt(report: Any) -> dict[str, Any]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of

    host = report.get("host", "?") if isinstance(report, Mapping) else "?"
    return report_of({"failed": True, "msg": "the report of this host cannot be read"}, str(host))


class FilterModule:
    """Eight filters for one story."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "drift_report": drift_report,
            "drift_text": drift_text,
            "drift_html": drift_html,
            "drift_fleet": drift_fleet,
            "drift_junit": drift_junit,
            "drift_kept": drift_kept,
            "drift_lines": drift_lines,
            "where_lines": where_lines,
        }
