# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a host in the text format of Prometheus, for the textfile collector of its node exporter.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Tuple

from .._kernel import files
from .._kernel.errors import FabricError
from .answer import Answer
from .listing import listing

Sample = Tuple[Dict[str, str], int]


@dataclass(frozen=True)
class _Metric:
    name: str
    kind: str  # gauge | counter
    help: str


_CHECKED = _Metric("check_success", "gauge", "Whether what was last applied could be compared with the host (1) or not")
_DRIFTED = _Metric("drifted", "gauge", "How many differences there are to what was last applied")
_COUNTS = {
    "networks": _Metric("networks", "gauge", "Declared networks"),
    "containers": _Metric("containers", "gauge", "Declared containers"),
    "published_ports": _Metric("published_ports", "gauge", "Published ports of the host"),
}
_POOLS = {
    "leased": _Metric("addresses_leased", "gauge", "Leased addresses, those of gateways and aux_addresses too"),
    "free": _Metric("addresses_free", "gauge", "Addresses that containers may still be given"),
}
_ATTACHMENTS = {
    "received_bytes": _Metric("receive_bytes_total", "counter", "Bytes that a container received"),
    "sent_bytes": _Metric("transmit_bytes_total", "counter", "Bytes that a container sent"),
}


def metrics(words: Any) -> Answer:
    """``words.file``: where the text is written, whole or not at all; None: it is the answer."""
    listed = listing(words)
    text = "\n".join(lines_of(listed.data["topologies"]))
    if words.file is None:
        return Answer(listed.data, text.splitlines(), listed.status)
    directory = os.path.dirname(os.path.abspath(words.file))
    if not os.path.isdir(directory):
        raise FabricError("{0} is no directory; make it, or name another file".format(directory))
    unfinished = "{0}.{1}".format(words.file, os.getpid())  # what is not called *.prom is not read
    files.write(unfinished, text + "\n")
    os.replace(unfinished, words.file)
    return Answer({"file": words.file, **listed.data}, ["wrote " + words.file], listed.status)


def lines_of(topologies: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Of what ``ls --json`` says of each topology."""
    found: Dict[_Metric, List[Sample]] = {}
    for name, said in topologies.items():
        for metric, labels, number in _samples(said):
            found.setdefault(metric, []).append((dict(topology=name, **labels), number))
    for metric, samples in found.items():
        name = "linuxnet_fabric_" + metric.name
        yield "# HELP {0} {1}".format(name, metric.help)
        yield "# TYPE {0} {1}".format(name, metric.kind)
        for labels, number in samples:
            yield "{0}{{{1}}} {2}".format(name, ",".join(map(_label, labels.items())), number)


def _samples(said: Mapping[str, Any]) -> Iterator[Tuple[_Metric, Dict[str, str], int]]:
    yield _CHECKED, {}, int("error" not in said)
    if "error" in said:
        return
    yield _DRIFTED, {}, len(said["drift"])
    figures = said["figures"]
    for word, metric in _COUNTS.items():
        yield metric, {}, figures[word]
    for word, metric in _POOLS.items():
        for pool in figures["pools"]:
            labels = {"network": pool["network"], "family": "ipv{0}".format(pool["family"]), "subnet": pool["subnet"]}
            yield metric, labels, pool[word]
    for word, metric in _ATTACHMENTS.items():
        for each in figures["attachments"]:
            yield metric, {key: each[key] for key in ("container", "interface", "network")}, each[word]


def _label(pair: Tuple[str, str]) -> str:
    escaped = pair[1].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '{0}="{1}"'.format(pair[0], escaped)
