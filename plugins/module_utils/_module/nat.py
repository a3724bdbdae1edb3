# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One translation per call: what the module ``nat_rule`` performs, on the rules and the engine of ``topology``.

The live table is the memory: what earlier calls put there is read back as a ruleset, this call's own entry is
added or taken out, and the ruleset is compared as ever.
"""

from __future__ import annotations

import functools
import ipaddress
from dataclasses import replace
from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

from .._declaration import words
from .._declaration.names_rules import check_topology_name, interface_name
from .._declaration.ports import parse_port
from .._declaration.topology import Address
from .._declaration.words import Problems
from .._engine import plan as plans
from .._engine.desired import Desired
from .._engine.forwarding import remembering
from .._engine.report import Result
from .._engine.view import View
from .._kernel import names, nft
from .._kernel.errors import DeclarationError
from .._kernel.observe import Observed
from .._resources.action import Action, Operation
from .._resources.forwarding import KEYS, Claim, Forwarding, decide, warnings
from .._resources.ruleset.model import NetworkPolicy, Publication, Ruleset, is_on_loopback
from .._resources.ruleset.plan import plan_ruleset
from .._resources.ruleset.read import read_ruleset
from .._resources.settings import HostSysctl
from .by_hand import run_alone


def perform(params: Mapping[str, Any], check_mode: bool) -> Result:
    rule = _understand(params)
    topology, present = params["topology_name"], params["state"] == "present"

    def wanted(view: View) -> Ruleset:
        with view.rules(topology):
            live = _live(topology)
        return (with_rule if present else without_rule)(live, rule, _bridge_subnets(view, rule["bridge"]))

    @functools.lru_cache(maxsize=None)
    def decided(view: View) -> Tuple[Forwarding, Tuple[str, ...]]:
        """By what was there before the run, for all of it; and what is to be said."""
        networks = wanted(view).networks
        claim = _claim(networks, params["transit"])
        forwarding = decide(view.forwarding(), topology, claim, params["forwarding"], view.setting)
        names_of = {family: tuple(n.network for n in networks if n.family == family) for family in KEYS}
        return forwarding, tuple(warnings(forwarding, names_of))

    told: Dict[str, None] = {}

    def plan(view: View) -> Tuple[Action, ...]:
        desired, (forwarding, said) = wanted(view), decided(view)
        told.update(dict.fromkeys(said))
        with view.rules(topology):
            rules = plan_ruleset(topology, desired if desired.networks else None, forwarding.transit)
        settings = (*forwarding.settings, *_settings(rule, desired))
        goal = Desired(topology, sysctls=settings, given_back=forwarding.given_back, ruleset=desired, prune=False)
        observed = view.observe(goal.host_sysctls())
        _require_bridge(rule, observed, present and not check_mode)
        return plans.plan(goal, observed, rules, {})

    def finish(view: View) -> Tuple[Operation, ...]:
        return (remembering(decided(view)[0].record),)

    result = run_alone(topology, check_mode, plan, finish).with_facts(rule=rule)
    return replace(result, warnings=(*result.warnings, *told))


def _claim(networks: Sequence[NetworkPolicy], transit: str) -> Optional[Claim]:
    if not networks:
        return None
    needs = tuple(family for family in KEYS if any(network.family == family for network in networks))
    return Claim(needs, tuple(dict.fromkeys(network.bridge for network in networks)), transit)


def with_rule(live: Ruleset, rule: Mapping[str, Any], bridge_subnets: Tuple[str, ...] = ()) -> Ruleset:
    """The ruleset with this entry in it; an entry for the same packets makes way."""
    network = _network(live, rule, bridge_subnets)
    if rule["kind"] == "publish":
        port = Publication(
            network.family,
            rule["protocol"],
            rule["published"],
            rule["target"],
            rule["target_port"],
            rule["bridge"],
            rule["host_ip"],
        )
        others = tuple(other for other in live.publications if not _same_port(other, port))
        return live._replace(networks=_with_network(live, network), publications=others + (port,))
    changed = network._replace(masquerade=True, snat_to=rule["to_address"])
    return live._replace(networks=_with_network(live, changed))


def without_rule(live: Ruleset, rule: Mapping[str, Any], bridge_subnets: Tuple[str, ...] = ()) -> Ruleset:
    """The ruleset without it. A network with nothing left to translate goes too."""
    networks, publications = live.networks, live.publications
    if rule["kind"] == "publish":
        wanted = (rule["family"], rule["protocol"], rule["published"], rule["host_ip"])
        publications = tuple(port for port in publications if _address_of(port) != wanted)
    else:
        networks = tuple(
            network._replace(masquerade=False, snat_to=None) if _translates(network, rule) else network
            for network in networks
        )
    used = {(port.family, port.bridge) for port in publications}
    networks = tuple(net for net in networks if net.masquerade or (net.family, net.bridge) in used)
    return live._replace(networks=networks, publications=publications)


def _address_of(port: Publication) -> Tuple[int, str, int, Optional[str]]:
    return port.family, port.protocol, port.published, port.host_ip


def _same_port(one: Publication, other: Publication) -> bool:
    return _address_of(one) == _address_of(other)


def _translates(network: NetworkPolicy, rule: Mapping[str, Any]) -> bool:
    same = bool(network.bridge == rule["bridge"] and network.subnet == rule["subnet"])
    return same and (network.snat_to is not None) == (rule["kind"] == "snat")


def _with_network(live: Ruleset, network: NetworkPolicy) -> Tuple[NetworkPolicy, ...]:
    others = tuple(other for other in live.networks if (other.bridge, other.subnet) != (network.bridge, network.subnet))
    return others + (network,)


def _network(live: Ruleset, rule: Mapping[str, Any], bridge_subnets: Tuple[str, ...]) -> NetworkPolicy:
    """The network that the rule is about: as it is now, or a new one that only translates."""
    subnet = rule["subnet"] or _subnet_of(rule, live, bridge_subnets)
    for network in live.networks:
        if network.bridge == rule["bridge"] and network.subnet == subnet:
            return network
    return translated_only(rule["bridge"], subnet)


def translated_only(bridge: str, subnet: str) -> NetworkPolicy:
    """A network by hand: its packets are translated, and none is dropped for what it is."""
    return NetworkPolicy(
        network=bridge,
        bridge=bridge,
        family=ipaddress.ip_network(subnet).version,
        subnet=subnet,
        gateway=None,
        isolate=False,
        masquerade=False,
        gateway_mode="nat-unprotected",
        external=True,
    )


def _subnet_of(rule: Mapping[str, Any], live: Ruleset, bridge_subnets: Tuple[str, ...]) -> str:
    target = ipaddress.ip_address(rule["target"])
    known = [network.subnet for network in live.networks if network.bridge == rule["bridge"]]
    for subnet in tuple(known) + bridge_subnets:
        if target in ipaddress.ip_network(subnet):
            return subnet
    problems = Problems()
    text = "name the subnet of {0}, for {1} has no address in it"
    problems.note("subnet", text, rule["target"], rule["bridge"])
    raise DeclarationError(problems)


def _live(topology: str) -> Ruleset:
    key = ("inet", names.table(topology))
    return read_ruleset(topology, nft.list_tables([key]).get(key, ()), translated_only)


def _bridge_subnets(view: View, bridge: str) -> Tuple[str, ...]:
    seen = view.observe()
    link = seen.links.get(bridge)
    addresses = seen.addresses.get(link.index, []) if link is not None else []
    return tuple(str(ipaddress.ip_interface(address).network) for address in addresses)


def _settings(rule: Mapping[str, Any], desired: Ruleset) -> Iterator[HostSysctl]:
    """For 127.0.0.1 in front of a published port route_localnet on that one bridge."""
    if rule["kind"] == "publish" and rule["family"] == 4:
        needed = any(port.bridge == rule["bridge"] and is_on_loopback(port) for port in desired.publications)
        key = "net/ipv4/conf/{0}/route_localnet".format(rule["bridge"])
        yield HostSysctl(key, "1" if needed else "0")


def _require_bridge(rule: Mapping[str, Any], observed: Observed, needed: bool) -> None:
    """In check mode the bridge may be one that an earlier task would have made."""
    if needed and rule["bridge"] not in observed.links:
        problems = Problems()
        problems.note("bridge", '"{0}": there is no such interface; make it first (module bridge)', rule["bridge"])
        raise DeclarationError(problems)


# --- understanding the options ------------------------------------------------------------------------------------


def _understand(params: Mapping[str, Any]) -> Dict[str, Any]:
    problems = Problems()
    check_topology_name(params["topology_name"], "topology_name", problems)
    interface_name(params["bridge"], "bridge", problems)
    rule = {
        "kind": params["kind"],
        "bridge": params["bridge"],
        "subnet": _subnet(params["subnet"], problems),
        "to_address": _text(_address(params, "to_address", problems)),
        "protocol": params["protocol"],
        "published": parse_port(params["published"], "host port", "published", problems),
        "host_ip": _text(_address(params, "host_ip", problems)),
        "target": _text(_address(params, "target", problems)),
        "target_port": parse_port(params["target_port"], "container port", "target_port", problems),
    }
    if rule["kind"] == "publish" and rule["target_port"] is None:
        rule["target_port"] = rule["published"]
    if params["state"] == "present":
        _require_complete(rule, problems)
    if rule["kind"] == "masquerade" and rule["to_address"]:
        problems.note("to_address", "masquerade takes the address of the interface; use kind snat for one of your own")
    if rule["host_ip"] == "::1":
        problems.note(
            "host_ip", "::1: only the module topology publishes there, with the address of a bridge of its own"
        )
    if rule["host_ip"] in ("0.0.0.0", "::"):
        rule["host_ip"] = None
    rule["family"] = _family(rule, problems)
    if problems:
        raise DeclarationError(problems)
    return rule


def _require_complete(rule: Mapping[str, Any], problems: Problems) -> None:
    if rule["kind"] == "publish" and not rule["target"]:
        problems.note("target", "name the address that the published port leads to")
    if rule["kind"] == "snat" and not rule["to_address"]:
        problems.note("to_address", "name the source address; use kind masquerade for that of the interface")


def _family(rule: Mapping[str, Any], problems: Problems) -> int:
    leading = rule["target"] or rule["host_ip"] if rule["kind"] == "publish" else rule["subnet"]
    family = 6 if leading and ":" in leading else 4
    for word in ("subnet", "to_address", "host_ip"):
        if rule[word] and (":" in rule[word]) != (family == 6):
            problems.note(word, "{0}: IPv4 and IPv6 cannot be translated into each other", rule[word])
    return family


def _subnet(value: Optional[str], problems: Problems) -> Optional[str]:
    return _text(words.subnet(value, "subnet", problems)) if value is not None else None


def _address(params: Mapping[str, Any], word: str, problems: Problems) -> Optional[Address]:
    found = words.address(params[word], word, problems) if params[word] is not None else None
    if found is not None and word != "host_ip" and (found.is_unspecified or found.is_multicast):
        whose = "this host" if word == "to_address" else "a host"
        problems.note(word, '"{0}": expected an address of {1}', found, whose)
        return None
    return found


def _text(value: Any) -> Optional[str]:
    return str(value) if value is not None else None
