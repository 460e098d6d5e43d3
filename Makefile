# Commands of this project; `make help` lists them. CI calls the same ones.
PYTHON ?= python3
VENV := .venv
BIN = $(VENV)/bin
INSTALL = $(@D)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
PORT ?= 8000
DATA ?= .state/demo
SERVE ?= 1
ONLY ?=
SEED ?=
COUNT ?= 200
SALEOR ?= $(HOME)/saleor
SAMPLES ?= ../shared/samples
SECONDS ?= 300
RESTART ?=
TOGETHER ?=
RECORDS ?= 1000000

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-browser test-clients test-saleor saleor-suite lint bench format translations docs fuzz soak clean

help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/sandbox ## Set up, run the whole story step by step, then serve the pages (SERVE=0: stop after the story)
	@$(BIN)/python -m sandbox demo --port $(PORT) --data $(DATA) $(if $(filter 0,$(SERVE)),--no-serve)

serve: $(VENV)/sandbox ## Serve the prepared shop, without the story: PORT=8123 DATA=<folder>, writes DATA/demo.json
	@$(BIN)/python -m sandbox serve --port $(PORT) --data $(DATA)

test: $(VENV)/dev ## Set up and run the tests (no browser, no Saleor needed)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not browser and not saleor"

test-browser: $(VENV)/dev ## Run the tests in a real Chromium (needs chromium and chromedriver)
	@$(BIN)/python -m pytest -m browser tests/browser

test-clients: $(VENV)/dev ## Run 1C-side clients of other projects against the sandbox: CLIENTS=<folder with their checkouts>
	@$(BIN)/python -m tests.clients.run --clients "$(CLIENTS)"

test-saleor: $(VENV)/dev ## Run the contract tests and the story on a real Saleor: SALEOR=<checkout>
	@$(BIN)/python -m tests.saleor.run --saleor $(SALEOR)

saleor-suite: $(VENV)/dev ## Saleor's own tests without and with the overlay, compared; goes on where it stopped: SALEOR=<checkout> ONLY=<tests> RESTART=1 TOGETHER=1
	@$(BIN)/python -m tests.saleor.suite.run --saleor $(SALEOR) $(if $(RESTART),--restart) $(if $(TOGETHER),--together) $(ONLY)

lint: $(VENV)/dev ## ruff, mypy, import-linter; migrations and translations complete
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m sandbox manage makemigrations --check --dry-run
	@$(BIN)/python -m tools.translations

format: $(VENV)/dev ## Put the code into the house's format
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .

translations: $(VENV)/dev ## Collect what is to be translated and compile what is
	@$(BIN)/python -m tools.translations --update

docs: $(VENV)/dev ## Print the documentation's tables from the code
	@$(BIN)/python -m tools.docs

# What only they need stands in an environment of their own, so no test can lean on it.
bench: VENV := .venv-bench
bench: .venv-bench/bench ## Run the benchmarks (ONLY=<name>: those whose name has it; SALEOR=<checkout>, SECONDS=300 of buying), write benchmarks/results.json
	@SALEOR=$(SALEOR) SECONDS=$(SECONDS) $(BIN)/python -m benchmarks.run $(ONLY)

soak: $(VENV)/dev ## Kill, starve and confuse the exchange, and see that nothing is lost or doubled: SEED= COUNT=200
	@$(BIN)/python -m tests.soak.run $(if $(SEED),--seed $(SEED)) --count $(COUNT)

fuzz: VENV := .venv-fuzz
fuzz: .venv-fuzz/fuzz ## Fuzz reader and exchange: SECONDS=300 each, RECORDS=1000000 read both ways, ONLY=records|reader|protocol
	@$(BIN)/python -m tests.fuzz.run --seconds $(SECONDS) --records $(RECORDS) --samples $(SAMPLES) $(if $(ONLY),--only $(ONLY))

clean: ## Remove the virtual environment and the state of demo and tests
	rm -rf $(VENV) .venv-bench .venv-fuzz .state build dist *.egg-info

%/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, %s is %s: make PYTHON=python3.12 …" % (sys.executable, sys.version.split()[0]))'
	@$(PYTHON) -m venv $*

$(VENV)/sandbox: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing what the demo needs into $(@D)…"
	@$(INSTALL) -e '.[sandbox]'
	@touch $@

$(VENV)/dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing what tests and checks need into $(@D)…"
	@$(INSTALL) -e '.[sandbox,test,lint]'
	@touch $@

.venv-bench/bench: pyproject.toml constraints.txt | .venv-bench/bin/python
	@echo "Installing what the benchmarks compare with into $(@D)…"
	@$(INSTALL) -e '.[sandbox,test,bench]'
	@touch $@

.venv-fuzz/fuzz: pyproject.toml constraints.txt | .venv-fuzz/bin/python
	@echo "Installing what fuzzing needs into $(@D)…"
	@$(INSTALL) -e '.[sandbox,test,fuzz]'
	@touch $@
