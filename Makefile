# Commands for people and for CI; `make help` lists them. Everything runs from .venv, made from the pins in
# requirements-dev.txt. Tests leave the machine as it was; only `demo` touches it, and `clean` takes that back.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test quick unit integration search long compat molecule matrix matrix-quick kernels userlands system-matrix lint sanity docs changelog bench bench-growth build clean system system-test

BIN := .venv/bin
PYTHONS := python3.11 python3.12 python3.13 python3 /usr/bin/python3
## WORKERS=N        how many tests run at once
WORKERS ?= 3
## EXAMPLES=N       how many random topologies `search` tries
EXAMPLES ?= 300
## SEED=N           the number that an earlier `search` printed, for the same topologies again
## ROW=NAME         one row of `kernels` or `userlands`, such as 6.1 or testing
## NFT_BIN=PATH     another nft for `userlands`
## AGAINST=PATH     another checkout that `bench` measures in turns with this one
## COMPAT_TESTS=... what `compat` runs with the oldest ansible-core
# What runs playbooks, plugins and modules as Ansible does; elsewhere ansible-core's version is all the same.
COMPAT_TESTS ?= $(addprefix tests/integration/,artifact compose confirm docs/test_examples.py drift_playbook overlay/test_runs.py plugins requirements \
    timings trust/test_nothing_goes_by_mistake.py verify)
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
export PYTHONDONTWRITEBYTECODE := 1
export PATH := $(CURDIR)/.venv/bin:$(PATH):/usr/sbin:/sbin

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 14
	@echo && grep -E '^## [A-Z_]+=' $(MAKEFILE_LIST) | cut -c4-

.venv/stamp: requirements-dev.txt tests/tools/make-venv
	@echo "making .venv (once; some minutes)"
	@tests/tools/make-venv .venv requirements-dev.txt $(PYTHONS)
	@touch $@

.venv-2.16/stamp: requirements-2.16.txt tests/tools/make-venv
	@tests/tools/make-venv .venv-2.16 requirements-2.16.txt python3.11 python3.12 /usr/bin/python3
	@touch $@

system:
	@tests/tools/system-packages

system-test:
	@tests/tools/system-packages test

system-matrix:
	@tests/tools/system-packages matrix

demo: .venv/stamp system ## the four network modes on this machine, real HTTP through a published port
	@$(BIN)/ansible-playbook -i inventory/demo playbooks/demo.yml

test: lint sanity unit integration compat molecule matrix-quick ## everything CI runs
	@echo "all tests passed"

quick: .venv/stamp system-test ## under two minutes: the linters but ansible-lint, and the pure tests
	tests/tools/lint ruff ruff-format mypy yamllint shellcheck antsibull-docs changelog
	$(BIN)/pytest tests/unit -n $(WORKERS) -q

unit: .venv/stamp ## pure tests: no root, no kernel
	$(BIN)/pytest tests/unit -n $(WORKERS) -q

integration: .venv/stamp system-test ## tests on lab hosts made of namespaces (root)
	$(BIN)/pytest tests/integration -n $(WORKERS) -q

search: .venv/stamp system-test ## a long search among random topologies: EXAMPLES=300 SEED=a number
	FABRIC_EXAMPLES=$(EXAMPLES) $(BIN)/pytest tests/integration/engine/test_any_topology.py -k any_topology_and_any_edit \
	    -q $(if $(SEED),--hypothesis-seed=$(SEED))

long: .venv/stamp system-test system-matrix ## bars that take long (reboots, kills, whole matrices): before a release
	$(BIN)/pytest tests/long -n $(WORKERS) -q

compat: .venv/stamp .venv-2.16/stamp system-test ## the oldest ansible-core, and the distribution's own libraries
	.venv-2.16/bin/python -m pytest tests/unit -q
	FABRIC_TARGET_PYTHON=/usr/bin/python3 FABRIC_ANSIBLE_PLAYBOOK=$(CURDIR)/.venv-2.16/bin/ansible-playbook \
	    $(BIN)/pytest $(COMPAT_TESTS) -n $(WORKERS) -q

molecule: .venv/stamp system-test ## the scenarios, each on lab hosts of its own
	tests/tools/molecule

matrix: .venv/stamp system-matrix ## kernels and userlands; writes the table of docs/support.md
	$(BIN)/python -m tests.matrix all --record $(ROW)

kernels: .venv/stamp system-matrix ## a smoke on Debian's kernels, booted by qemu: ROW=6.1 for one
	$(BIN)/python -m tests.matrix kernels --record $(ROW)

userlands: .venv/stamp system-matrix ## the same in trees of Debian's releases: ROW=testing for one, NFT_BIN=
	$(BIN)/python -m tests.matrix userlands --record $(ROW)

matrix-quick: .venv/stamp system-matrix ## the same in the newest userland and on an old kernel; writes nothing
	$(BIN)/python -m tests.matrix quick

lint: .venv/stamp system-test ## style, types, shell, YAML, playbooks, documentation, changelog
	tests/tools/lint

sanity: .venv/stamp system-test ## ansible-test sanity
	tests/tools/sanity

docs: .venv/stamp ## guides and plugins' documentation as a site: build/docs/index.html
	tests/tools/docs

changelog: .venv/stamp ## CHANGELOG.md as the next release will write it; the fragments stay
	tests/tools/changelog

bench: .venv/stamp system-test ## benchmarks: ratios, bars and growth, and JSON; AGAINST=TREE beside another checkout
	$(BIN)/python -m benchmarks $(if $(AGAINST),--against $(AGAINST))
	$(BIN)/python -m benchmarks.connection

bench-growth: .venv/stamp system-test ## how costs grow, by more and larger sizes than `bench` has
	$(BIN)/python -m benchmarks --full --contenders floor,module --scenarios endpoints,networks,ports,peers,links

build: .venv/stamp ## the collection as an artifact under build/
	$(BIN)/ansible-galaxy collection build --force --output-path build .

clean: ## take back what the demo made on this machine, and build output
	@if [ -x $(BIN)/ansible-playbook ]; then \
	    $(BIN)/ansible-playbook -i inventory/demo playbooks/demo_teardown.yml; fi
	@rm -rf build tests/output .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
