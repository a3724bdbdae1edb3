# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/schema/*.json, by which an editor knows the words of a declaration: ``python -m docs.generate_schema``.

Which words there are is read from the parser's own tables, what they mean from the module's documentation, and the
variables from the role's specification. Only the form of each word's value is said here: a word without one, and a form
without a word, are errors. The schemas are JSON Schema, draft 7, which is what editors read.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterable, List, Mapping, Tuple

import yaml

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.bandwidth import BANDWIDTH_WORDS
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.compose_words import EXTENSION
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.containers import (
    ATTACHMENT_WORDS,
    CONTAINER_WORDS,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.networks import (
    GATEWAY_MODES,
    NETWORK_SPELLINGS,
    NETWORK_WORDS,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.overlay_words import OVERLAY_MODES
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.pools import IPAM_WORDS, POOL_WORDS
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.ports import PORT_WORDS, PROTOCOLS
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.topology import DEFAULT_DRIVER
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.words import ROUTE_TYPES, ROUTE_WORDS
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.workload import WORKLOAD_WORDS
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import DRIVERS
from tests.paths import ROOT

DIRECTORY = ROOT / "docs" / "schema"
VARIABLES, INVENTORY = "variables.json", "inventory.json"
ROLE = ROOT / "roles" / "topology"

Schema = Dict[str, Any]

# --- forms of values. Each may be a template, for Ansible fills it in before anybody looks at it.

TEMPLATE: Schema = {"type": "string", "pattern": r"\{\{|\{%"}


def any_of(*forms: Schema) -> Schema:
    return {"anyOf": [*forms, TEMPLATE]}


def list_of(form: Schema) -> Schema:
    """A list, or its only item alone."""
    return {"anyOf": [{"type": "array", "items": form}, *form.get("anyOf", [form])]}


def one_of(words: Iterable[str]) -> Schema:
    return any_of({"enum": list(words)})


def by_family(form: Schema) -> Schema:
    """One value for both families, or a dictionary of ``ipv4`` and ``ipv6``."""
    both = {"type": "object", "properties": {"ipv4": form, "ipv6": form}, "additionalProperties": False}
    return {"anyOf": [both, *form.get("anyOf", [form])]}


TEXT: Schema = {"type": ["string", "integer"]}
NUMBER = any_of({"type": "integer"}, {"type": "string", "pattern": "^-?[0-9]+$"})
BOOLEAN = any_of({"type": "boolean"}, {"enum": ["true", "false", "yes", "no", "on", "off", "1", "0", 1, 0]})
ANYTHING: Schema = {}
DICTIONARY = any_of({"type": "object"})
LABELS = any_of({"type": ["object", "array"]})


def or_nothing(form: Schema) -> Schema:
    """A word without a value is as one that is left out."""
    if "anyOf" in form:
        return {**form, "anyOf": [*form["anyOf"], {"type": "null"}]}
    types = form["type"] if isinstance(form["type"], list) else [form["type"]]
    return {**form, "type": [*types, "null"]}


def words_of(known: Iterable[str], forms: Mapping[str, Schema], told: Mapping[str, str]) -> Schema:
    """A dictionary of known words, and of Compose's extensions."""
    known = list(known)
    missing = sorted(set(known).difference(forms))
    if missing:
        raise SystemExit("docs/generate_schema.py does not say what the value of {0} looks like".format(missing))
    about = {word: {"description": told[word]} if word in told else {} for word in known}
    return {
        "type": ["object", "null"],
        "properties": {word: {**about[word], **or_nothing(forms[word])} for word in known},
        "patternProperties": {"^" + EXTENSION: ANYTHING},
        "additionalProperties": False,
    }


BANDWIDTH = words_of(BANDWIDTH_WORDS, dict.fromkeys(BANDWIDTH_WORDS, TEXT), {})
ROUTE = words_of(
    ROUTE_WORDS,
    {
        **{word: TEXT for word in ("destination", "to", "gateway", "via")},
        "type": one_of(ROUTE_TYPES),
        "metric": NUMBER,
        "onlink": BOOLEAN,
    },
    {},
)
ROUTES = any_of({"type": "array", "items": ROUTE})
POOL_FORMS: Dict[str, Schema] = {
    **{word: TEXT for word in ("subnet", "ip_range", "gateway")},
    "aux_addresses": any_of({"type": "object", "additionalProperties": TEXT}),
    "block_size": NUMBER,
}
IPAM_FORMS: Dict[str, Schema] = {
    "driver": one_of(["default"]),
    "config": any_of({"type": "array", "items": words_of(POOL_WORDS, POOL_FORMS, {})}),
    "options": DICTIONARY,
}
PORT_FORMS: Dict[str, Schema] = {
    **{word: TEXT for word in ("target", "published", "host_ip", "name", "app_protocol")},
    "protocol": one_of(PROTOCOLS),
    "mode": one_of(["host", "ingress"]),
}
PORT: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 65535},
        {"type": "string"},
        {**words_of(PORT_WORDS, PORT_FORMS, {}), "required": ["target"]},
    ]
}
PAIRS: Schema = any_of({"type": "object"}, {"type": "array", "items": {"type": "string"}})
ATTACHMENT_FORMS: Dict[str, Schema] = {
    **{word: TEXT for word in ("ipv4_address", "ipv6_address", "mac_address", "interface_name")},
    "aliases": list_of(TEXT),
    "gw_priority": NUMBER,
    "link_local_ips": list_of(TEXT),
    "bandwidth": any_of(BANDWIDTH),
}
WORKLOAD_FORMS: Dict[str, Schema] = {
    **{word: TEXT for word in ("unit", "podman", "docker", "machine", "path")},
    "pid": NUMBER,
    "join": BOOLEAN,
    "restart": BOOLEAN,
}
CONTAINER_FORMS: Dict[str, Schema] = {
    "network_mode": any_of(
        {"enum": ["bridge", "none", "host"]}, {"pattern": "^(container|service):.", "type": "string"}
    ),
    "networks": any_of(
        {"type": "array", "items": TEXT},
        {
            "type": "object",
            "additionalProperties": any_of(words_of(ATTACHMENT_WORDS, ATTACHMENT_FORMS, {})),
        },
    ),
    "ports": any_of({"type": "array", "items": PORT}, *PORT["anyOf"][:2]),
    **{word: list_of(TEXT) for word in ("expose", "links", "dns", "dns_search", "dns_opt")},
    "extra_hosts": PAIRS,
    "hostname": TEXT,
    "sysctls": PAIRS,
    "mac_address": TEXT,
    "routes": ROUTES,
    "bandwidth": any_of(BANDWIDTH),
    "workload": any_of(words_of(WORKLOAD_WORDS, WORKLOAD_FORMS, {})),
    "labels": LABELS,
}
NETWORK_FORMS: Dict[str, Schema] = {
    "driver": one_of(DRIVERS),
    "ipam": any_of(words_of(IPAM_WORDS, IPAM_FORMS, {})),
    **{
        word: BOOLEAN
        for word in (
            "enable_ipv4 enable_ipv6 attachable internal external icc masquerade isolate anti_spoofing host_access"
            " multicast"
        ).split()
    },
    **{word: TEXT for word in ("name", "bridge", "parent")},
    "encrypted": {"anyOf": [*BOOLEAN["anyOf"], {"const": ""}]},
    "mtu": NUMBER,
    "vni": NUMBER,
    "routes": ROUTES,
    "labels": LABELS,
    "gateway_mode": by_family(one_of(GATEWAY_MODES)),
    "host_binding": by_family(list_of(TEXT)),
    "snat_to": by_family(list_of(TEXT)),
    "trusted_host_interfaces": list_of(TEXT),
    "overlay_mode": one_of(OVERLAY_MODES),
    "macvlan_mode": one_of(DRIVERS["macvlan"].modes),  # type: ignore[attr-defined]
    "ipvlan_mode": one_of(DRIVERS["ipvlan"].modes),  # type: ignore[attr-defined]
    "driver_opts": any_of(
        {
            "type": "object",
            "propertyNames": {
                "enum": sorted(
                    {key for driver in DRIVERS.values() for key in driver.spellings} | set(NETWORK_SPELLINGS)
                )
            },
        }
    ),
}


def network() -> Schema:
    """A network: the words of all drivers, of which each driver takes its own."""
    known = list(dict.fromkeys([*NETWORK_WORDS, *(word for driver in DRIVERS.values() for word in driver.words)]))
    schema = words_of(known, NETWORK_FORMS, about("networks"))
    schema["allOf"] = [
        {
            "if": _is_driver(name),
            "then": {
                "propertyNames": {"anyOf": [{"enum": [*NETWORK_WORDS, *driver.words]}, {"pattern": "^" + EXTENSION}]}
            },
        }
        for name, driver in DRIVERS.items()
    ]
    return schema


def _is_driver(name: str) -> Schema:
    named: Schema = {"properties": {"driver": {"const": name}}, "required": ["driver"], "type": "object"}
    return {"anyOf": [named, {"type": "object", "not": {"required": ["driver"]}}]} if name == DEFAULT_DRIVER else named


def about(option: str) -> Dict[str, str]:
    """Word → what the documentation says of it: the items that begin with the word, or are about it."""
    text = (ROOT / "plugins" / "doc_fragments" / "_declaration.py").read_text(encoding="utf-8")
    documentation = yaml.safe_load(re.search(r'DOCUMENTATION = r"""\n(.*?)"""', text, re.DOTALL).group(1))  # type: ignore
    found: Dict[str, str] = {}
    for item in documentation["options"][option]["description"]:
        head = re.match(r"(?:With [^,]*, )?((?:C\(\w+\)(?: \(V\([^)]*\)\))?(?:, )?)+) ?(-|\.)", item)
        for word in re.findall(r"C\((\w+)\)", head.group(1)) if head else ():
            found.setdefault(word, re.sub(r"\b[A-Z]\(([^)]*)\)", r"\1", item))
    return found


def options() -> Tuple[Dict[str, Any], List[str]]:
    """What the role's specification says, and the variables that only playbooks read."""
    specification = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    others = yaml.safe_load((ROLE / "vars" / "main.yml").read_text(encoding="utf-8"))["__topology_of_playbooks"]
    return specification["argument_specs"]["main"]["options"], others


def option(words: Mapping[str, Any]) -> Schema:
    """A variable of the role, of the type and the choices that its specification says."""
    told = words["description"]
    described = {"description": re.sub(r"\b[A-Z]\(([^)]*)\)", r"\1", told if isinstance(told, str) else " ".join(told))}
    if "choices" in words:
        return {**described, **one_of(words["choices"])}
    forms = {"bool": BOOLEAN, "int": NUMBER, "str": {"type": ["string", "integer"]}}
    lists: Dict[str, Schema] = {"list": {"type": "array"}, "dict": {"type": ["object", "null"]}, "raw": {}}
    return {**described, **(forms.get(words["type"]) or any_of(lists[words["type"]]))}


#: Variable, and the beginning of those that add to it → the definition of what it holds by name.
NAMED = {"networks": "network", "containers": "container", "projects": "project"}


def _by_name(definition: str) -> Schema:
    return any_of({"type": ["object", "null"], "additionalProperties": any_of({"$ref": "#/definitions/" + definition})})


def project() -> Schema:
    """What stands under a name in topology_projects: options of the role without their prefix."""
    known, _others = options()
    of_the_host = yaml.safe_load((ROLE / "vars" / "main.yml").read_text(encoding="utf-8"))["__topology_of_the_host"]
    words = {name[len("topology_") :]: option(said) for name, said in known.items()}
    forms = {word: form for word, form in words.items() if word not in of_the_host}
    forms.update({word: _by_name(NAMED[word]) for word in ("networks", "containers")})
    return {"type": ["object", "null"], "properties": forms, "additionalProperties": False}


def variables() -> Schema:
    """A file of variables: group_vars, host_vars, or the vars of a play."""
    known, others = options()
    own = {"topology_" + word: {**option(known["topology_" + word]), **_by_name(NAMED[word])} for word in NAMED}
    added = "^topology_({0})_".format("|".join(NAMED))
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Variables of linuxnet.fabric, among others",
        "type": ["object", "null"],
        "properties": {**{name: option(words) for name, words in known.items()}, **own},
        "patternProperties": {"^topology_{0}_".format(word): _by_name(NAMED[word]) for word in NAMED},
        "propertyNames": {
            "anyOf": [
                {"not": {"pattern": "^topology_"}},
                {"enum": sorted([*known, *others])},
                {"pattern": added},
            ]
        },
        "definitions": {
            "network": network(),
            "container": words_of(CONTAINER_WORDS, CONTAINER_FORMS, about("containers")),
            "project": project(),
        },
    }


def inventory() -> Schema:
    """An inventory in YAML, whose hosts and groups have such variables."""
    group = {"$ref": "#/definitions/group"}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "An inventory with variables of linuxnet.fabric",
        "type": "object",
        "additionalProperties": group,
        "definitions": {
            "group": {
                "type": ["object", "null"],
                "properties": {
                    "hosts": {"type": ["object", "null"], "additionalProperties": {"$ref": VARIABLES}},
                    "vars": {"$ref": VARIABLES},
                    "children": {"type": ["object", "null"], "additionalProperties": group},
                },
                "additionalProperties": False,
            }
        },
    }


def text(schema: Schema) -> str:
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def files() -> Dict[Path, str]:
    return {DIRECTORY / VARIABLES: text(variables()), DIRECTORY / INVENTORY: text(inventory())}


if __name__ == "__main__":
    for path, content in files().items():
        path.write_text(content, encoding="utf-8")
