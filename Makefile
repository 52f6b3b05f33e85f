# make lecture   sets everything up, runs a lecture and shows it        make test   runs every test there is
# make help      lists the rest
#
# What takes long is done once: a stamp file says when, and what it depends on says when to do it again.

LECTURE ?= lecture_01
PORT ?= 8000
PYTHON ?= python3

lecture := $(basename $(notdir $(LECTURE)))
export PATH := $(CURDIR)/.venv/bin:$(PATH)

installed := .venv/.installed
installed_dev := .venv/.installed-dev
modules := trace-viewer/node_modules/.installed
viewer := trace-viewer/dist/index.html
traced = var/cache/$(1).traced
shown_in_tests := lecture_01 tour

viewer_sources := $(shell find trace-viewer/src trace-viewer/public trace-viewer/index.html trace-viewer/*.ts trace-viewer/*.json -type f -not -name '*.test.*')
lecture_sources := $(shell find lectures -type f -not -path '*/__pycache__/*')
engine_sources := execute.py $(shell find tracer \( -name '*.py' -o -name '*.yaml' \) -not -path 'tracer/server/*' -not -path 'tracer/cluster/*' -not -name __main__.py)

checks := python-lint viewer-lint viewer-format viewer-types generated build python-types viewer-test python-test cluster interpreters e2e

.PHONY: help lecture dev test build trace clean $(checks)

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

lecture: $(installed) $(viewer) trace ## run a lecture and show it in the browser (LECTURE=lecture_01 PORT=8000)
	@python -m tracer serve $(lecture) --port $(PORT)

trace: $(call traced,$(lecture)) ## run a lecture, if it or the engine has changed (LECTURE=lecture_01)

build: $(viewer) ## build the viewer

dev: $(modules) trace ## develop the viewer: a page that follows its sources (LECTURE=lecture_01)
	@echo "Open http://localhost:5173/?trace=var/traces/$(lecture).json"
	@cd trace-viewer && npm run dev

# ------------------------------------------------------------------------------------------------------------- checking

with_chromium = PLAYWRIGHT_CHROMIUM="$$(sh scripts/chromium.sh)" && export PLAYWRIGHT_CHROMIUM && cd trace-viewer &&

test: $(installed_dev) $(modules) ## run every check and every test, the cheapest first
	@PLAYWRIGHT_CHROMIUM="$$(sh scripts/chromium.sh)" || exit 1; export PLAYWRIGHT_CHROMIUM; \
	passed=0; failed=; \
	for check in $(checks); do \
		printf '\n--- make %s\n' "$$check"; \
		if $(MAKE) --no-print-directory "$$check"; then passed=$$((passed + 1)); else failed="$$failed $$check"; fi; \
	done; \
	set -- $$failed; \
	printf '\n%s\n' "$$passed checks passed, $$# failed$${failed:+:$$failed}."; \
	[ $$# -eq 0 ]

python-lint: $(installed_dev) ## ruff, and its formatting
	ruff check .
	ruff format --check .

python-types: $(installed_dev) ## mypy
	mypy

generated: $(installed_dev) $(modules) ## what is generated from the schema is up to date
	python -m tracer.format.generate --check

python-test: $(installed_dev) ## pytest
	python -m pytest --ignore=tests/cluster -n 2 --dist worksteal

cluster: $(installed_dev) ## pytest: lectures on Slurm clusters of their own, and what befalls them there (needs root, else says so)
	@sh scripts/slurm.sh || true
	python -m pytest tests/cluster -n 6 --dist worksteal --reruns 1 -rsR

interpreters: $(installed_dev) ## nox: the engine's tests on every other Python that the machine has
	python -m nox

viewer-lint: $(modules) ## oxlint
	cd trace-viewer && npm run --silent lint

viewer-format: $(modules) ## prettier
	cd trace-viewer && npm run --silent format

viewer-types: $(modules) ## tsc
	cd trace-viewer && npm run --silent typecheck

viewer-test: $(modules) ## vitest: the viewer's logic, and its components in Chromium
	$(with_chromium) npm run --silent test

e2e: $(installed_dev) $(viewer) $(foreach name,$(shown_in_tests),$(call traced,$(name))) ## playwright: real traces, the real server, Chromium
	$(with_chromium) npm run --silent e2e

# ----------------------------------------------------------------------------------------------------------- setting up

$(installed): requirements.txt
	@test -x .venv/bin/python || sh scripts/venv.sh "$(PYTHON)"
	.venv/bin/python -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

$(installed_dev): requirements-dev.txt $(installed)
	.venv/bin/python -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(modules): trace-viewer/package.json trace-viewer/package-lock.json
	@sh scripts/node.sh
	cd trace-viewer && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
	@touch $@

$(viewer): $(modules) $(viewer_sources)
	cd trace-viewer && npm run --silent build

# The tour shows what lines cost, so these are counted.
options_tour := --costs

# A lecture runs again when anything it may read, or the engine, has changed since it last finished, or its trace is gone.
lectures := $(sort $(shown_in_tests) $(lecture))
.PHONY: $(foreach name,$(lectures),$(if $(wildcard var/traces/$(name).json),,$(call traced,$(name))))
$(foreach name,$(lectures),$(call traced,$(name))): var/cache/%.traced: $(installed) $(lecture_sources) $(engine_sources)
	python execute.py -m $(strip $* $(options_$*))
	@mkdir -p $(@D) && touch $@

clean: ## remove what make made; traces and files under var/ stay
	rm -rf .venv var/cache trace-viewer/node_modules trace-viewer/dist trace-viewer/test-results trace-viewer/playwright-report
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find tracer lectures tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
