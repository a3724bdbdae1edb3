# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Sphinx is told: the pages of pages.py, furo's looks in antsibull-docs' words, and the names that are links."""

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))

project = "linuxnet.fabric"
version = release = str(GALAXY["version"])
html_title = f"linuxnet.fabric {release}"
extensions = ["myst_parser", "sphinx_antsibull_ext", "docs.site.links"]
myst_heading_anchors = 4
default_role = "any"
# A page may show a language that nobody here knows how to colour; everything else that Sphinx warns of is an error.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_static_path = ["static"]
html_favicon = "static/favicon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_use_index = False  # it would be empty
html_show_sourcelink = False
html_show_copyright = False
# antsibull-docs' colours follow the theme's, which the reader can switch; its own only follow the system.
antsibull_ext_color_scheme = "none"
_SAME = {
    "antsibull-links-background": "var(--color-background-secondary)",
    "antsibull-links-background-active": "var(--color-background-hover)",
    "antsibull-links-focus-outline": "var(--color-brand-primary)",
    "antsibull-links-text": "var(--color-brand-content)",
    "antsibull-table-background-header": "var(--color-background-secondary)",
    "antsibull-table-background-even": "var(--color-background-primary)",
    "antsibull-table-background-odd": "var(--color-background-primary)",
    "antsibull-table-border": "var(--color-background-border)",
    "antsibull-narrowtable-background": "var(--color-background-secondary)",
    "antsibull-option-elements": "var(--antsibull-option-type)",
    "antsibull-option-aliases": "var(--antsibull-option-version-added)",
    "antsibull-option-sample": "var(--antsibull-option-default)",
    "antsibull-option-sample-header": "inherit",
    "antsibull-attribute-support-none": "var(--antsibull-option-required)",
    "antsibull-attribute-support-full": "var(--antsibull-option-version-added)",
    "antsibull-attribute-support-na": "inherit",
    "antsibull-deprecation-border": "var(--color-background-border)",
    "antsibull-deprecation-background": "var(--color-background-secondary)",
    "antsibull-deprecation-color": "inherit",
}
html_theme_options = {
    "light_css_variables": {
        **_SAME,
        "antsibull-option-type": "#8a1f8a",
        "antsibull-option-required": "#b3261e",
        "antsibull-option-version-added": "#1c7242",
        "antsibull-option-default": "#1558b0",
        "antsibull-attribute-support-partial": "#6a4a00",
    },
    "dark_css_variables": {
        **_SAME,
        "antsibull-option-type": "#f0a0f0",
        "antsibull-option-required": "#ff8a80",
        "antsibull-option-version-added": "#7fd6a2",
        "antsibull-option-default": "#8ab8ff",
        "antsibull-attribute-support-partial": "#ffd479",
    },
}
