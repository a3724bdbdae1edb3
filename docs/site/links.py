# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that are links on the site, and plain text in the checkout: of modules and plugins, of pages, of ansible-core.

A Sphinx extension. A page says `linuxnet.fabric.topology` or `docs/drift.md`, a plugin gives the address of a page in
the repository: in a terminal that is all that can be had, here each leads there.
"""

from __future__ import annotations

import re
from typing import Any, Optional

from docutils import nodes

from docs.site.pages import KINDS, REPOSITORY, place

CORE = "https://docs.ansible.com/ansible/latest/"
#: Labels of ansible-core's own documentation that antsibull-docs refers to.
_CORE_PAGES = {
    "ansible_configuration_settings": "reference_appendices/config.html",
    "callback_plugins": "plugins/callback.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
_CORE_PLUGIN = re.compile(r"^ansible_collections\.ansible\.builtin\.(\w+)$")
_OURS = re.compile(r"^linuxnet\.fabric\.(\w+)$")


def core_page(label: str) -> str:
    """The address of what ansible-core's documentation says under a label."""
    plugin = _CORE_PLUGIN.match(label)
    if plugin:
        return f"{CORE}collections/ansible/builtin/{plugin[1]}.html"
    return CORE + _CORE_PAGES.get(label, "")


def document_of(text: str, documents: Any) -> Optional[str]:
    """The document that a name in the text of a page stands for: `linuxnet.fabric.topology`, `docs/drift.md`."""
    ours = _OURS.match(text)
    if ours:
        named = (f"plugins/{ours[1]}_{kind}" for kind in KINDS)
        return next((document for document in named if document in documents), None)
    if text.endswith(".md"):
        document = place(text)[: -len(".md")]
        return document if document in documents else None
    return None


def _literals(app: Any, doctree: nodes.document, docname: str) -> None:
    """Names in code become links, but not inside of a link or a heading."""
    for literal in list(doctree.findall(nodes.literal)):
        document = document_of(literal.astext(), app.env.found_docs)
        if document in (None, docname) or _inside(literal, (nodes.reference, nodes.title)):
            continue
        address = app.builder.get_relative_uri(docname, document)
        link = nodes.reference("", "", literal.deepcopy(), internal=True, refuri=address)
        literal.replace_self(link)


def _addresses(app: Any, doctree: nodes.document, docname: str) -> None:
    """An address of a page in the repository is that page on the site."""
    for link in doctree.findall(nodes.reference):
        address = link.get("refuri", "")
        if address.startswith(REPOSITORY):
            path, _hash, anchor = address[len(REPOSITORY) :].partition("#")
            document = document_of(path, app.env.found_docs)
            if document is not None:
                link["refuri"] = app.builder.get_relative_uri(docname, document) + (anchor and "#" + anchor)
                link["internal"] = True


def _resolved(app: Any, doctree: nodes.document, docname: str) -> None:
    _literals(app, doctree, docname)
    _addresses(app, doctree, docname)


def _inside(node: nodes.Node, kinds: Any) -> bool:
    while node is not None:
        if isinstance(node, kinds):
            return True
        node = node.parent
    return False


def _missing(_app: Any, _env: Any, node: Any, contnode: nodes.Node) -> Optional[nodes.Node]:
    """A label that is not ours is ansible-core's."""
    if node.get("reftype") != "ref":
        return None
    return nodes.reference("", "", contnode, internal=False, refuri=core_page(node["reftarget"]))


def setup(app: Any) -> dict[str, Any]:
    app.connect("doctree-resolved", _resolved)
    app.connect("missing-reference", _missing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
