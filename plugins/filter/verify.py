# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters that make reports of a verification. What they do is in plugin_utils; here they meet Ansible."""

from __future__ import annotations

# For one filter Ansible imports all of a collection, in the process of each task: so what they do is imported when they
# are called.
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def verify_report(result: Any, host: str, topology: str = "default") -> dict[str, Any]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.report import report_of

    return report_of(result, str(host), str(topology))


def verify_others(variables: Mapping[str, Any], hosts: Any, topology: str, step: str = "listen") -> dict[str, Any]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.between import answers_of

    return answers_of(variables, list(hosts), str(step), str(topology))


def verify_heard(reports: Any, variables: Mapping[str, Any], hosts: Any) -> list[dict[str, Any]]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.between import answers_of, with_heard

    return [
        with_heard(report, answers_of(variables, list(hosts), "collect", report["topology"]))
        for report in _checked(reports, "verify_heard")
    ]


def verify_again(variables: Mapping[str, Any], hosts: Any) -> dict[str, Any]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.again import chosen

    reports = [report for host in hosts for report in variables[host].get("verify_reports_of_host") or ()]
    return chosen(_checked(reports, "verify_again"))


def verify_placed(reports: Any, variables: Mapping[str, Any], hosts: Any) -> list[dict[str, Any]]:
    return [_placed(report, variables, list(hosts)) for report in _checked(reports, "verify_placed")]


def _placed(report: Mapping[str, Any], variables: Mapping[str, Any], hosts: list[str]) -> dict[str, Any]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.again import with_places
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.between import answers_of

    steps = ("repeat", "tell", "differs")
    repeated, told, differs = (answers_of(variables, hosts, step, report["topology"]) for step in steps)
    return with_places(report, repeated.get(report["host"], ()), told, differs)


def verify_text(reports: Any, when: str = "") -> str:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.text import text_of

    return text_of(_checked(reports, "verify_text"), when)


def verify_html(reports: Any, when: str = "") -> str:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.page import page_of

    return page_of(_checked(reports, "verify_html"), when)


def verify_junit(reports: Any) -> str:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.text import junit_of

    return junit_of(_checked(reports, "verify_junit"))


def verify_lines(report: Any) -> list[str]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.report import lines_of

    return lines_of(_checked(report, "verify_lines")[0])


def _checked(reports: Any, name: str) -> list[Mapping[str, Any]]:
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.report import STATUSES

    reports = [reports] if isinstance(reports, Mapping) else list(reports or ())
    if not all(isinstance(report, Mapping) and report.get("status") in STATUSES for report in reports):
        raise AnsibleFilterError(f"linuxnet.fabric.{name} takes what linuxnet.fabric.verify_report gives")
    return reports


class FilterModule:
    """Nine filters for one story."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "verify_report": verify_report,
            "verify_others": verify_others,
            "verify_heard": verify_heard,
            "verify_again": verify_again,
            "verify_placed": verify_placed,
            "verify_text": verify_text,
            "verify_html": verify_html,
            "verify_junit": verify_junit,
            "verify_lines": verify_lines,
        }
