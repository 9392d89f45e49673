# Each target prints the plain command that it runs: with .venv activated you can type it yourself.
#   . .venv/bin/activate
PYTHON ?= python3
VENV := .venv
PEERS := .assay/peers
BUDGET ?= 60
NAME ?= depth
CHOICE ?= models
# What a machine that scores needs besides: the library of the model, and what `assay serve` stands on.
SCORING ?= lightgbm serve
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PYTEST := OMP_NUM_THREADS=1 pytest -n 3 --dist loadscope --no-loadscope-reorder $(OPTIONS)

# Extras stay in the lock: pip takes fsspec[http] as unpinned beside a plain fsspec==VERSION once a newer one is out.
LOCK := uv pip compile --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-annotate --no-header --quiet

.PHONY: help repro test quick coverage lint report sweep choose verify pr-report back doctor extras lock dist clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

repro: $(VENV)/ready  ## the whole line, raw records to metrics: dvc repro
	assay doctor --quick --mend $(DOCTOR)
	@git config merge.generated.driver true  # git merges no generated file: see docs/teams.md
	assay params --check
	dvc repro

test: $(VENV)/ready-dev  ## the whole test suite: pytest
	$(PYTEST)

quick: $(VENV)/ready-dev  ## the tests to run while you write, without tests/pipeline and other slow ones: pytest -m "not slow"
	$(PYTEST) -m "not slow" --ignore tests/pipeline

coverage: $(VENV)/ready-dev  ## all tests, and which lines they ran in their own processes: pytest --cov
	$(PYTEST) --cov --cov-report=term:skip-covered

lint: $(VENV)/ready-dev  ## style, types, imports, workflows: ruff, mypy, lint-imports, assay deps, zizmor
	ruff check
	ruff format --check
	mypy
	lint-imports --no-cache --no-logo
	assay deps --check
	zizmor --offline --quiet .github

-include tests/bench/bench.mk  # what Assay itself is measured by: make bench

report: $(VENV)/ready  ## open the report of the last run
	assay report

sweep: $(VENV)/ready  ## many experiments, fast: assay sweep depth (another: make sweep NAME=models)
	assay sweep $(NAME)

choose: $(VENV)/ready  ## which model should it be? Decided out of fold: assay choose models (another: make choose CHOICE=NAME)
	assay choose $(CHOICE)

verify: $(VENV)/ready  ## run the last commit afresh and compare every output: assay verify
	assay verify

pr-report: $(VENV)/ready  ## what this branch changes, proved and compared: assay pr-report (into another branch: BASE=NAME)
	assay pr-report $(BASE)

doctor: $(VENV)/ready  ## what is wrong with this clone? Mend it and keep what is replaced: assay doctor --mend
	assay doctor --mend $(DOCTOR)

pull: $(VENV)/ready  ## data and model of the last commit, from the remote: dvc pull
	dvc pull

back: $(VENV)/ready  ## back to the last commit's params.yaml, dvc.lock, reports, data and models: assay back
	assay back

extras: $(VENV)/ready-dev  ## add what S3 remotes, clusters, examples, model=catboost and the tests need

lock: $(VENV)/ready-dev  ## resolve the versions anew (needs the network)
	pip install --quiet uv
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group build --group dev --all-extras --constraint requirements.lock -o requirements-dev.lock
	$(LOCK) packaging/scoring/pyproject.toml $(SCORING:%=--extra %) --constraint requirements-dev.lock \
		-o requirements-scoring.lock

dist: $(VENV)/ready  ## the small distribution, for machines that only score: dist/, see docs/export.md
	rm -rf dist
	pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir dist packaging/scoring
	cd dist && for wheel in *.whl; do echo "./$$wheel $$(pip hash $$wheel | tail -1)"; done > wheel.txt

clean:  ## remove the environment; data, models and reports stay
	rm -rf $(VENV) $(PEERS)

# Byte-compiled at installation: a stage starts several times faster.
define install
$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name one: make PYTHON=python3.12")'
$(VENV)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
@echo "installing $(1) into $(VENV), once: a minute or two"
python -m pip install --quiet --require-hashes -r $(1)
python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
touch $@
endef

# An environment of their own: AutoGluon takes no pandas 3.
$(PEERS)/ready: tests/bench/requirements-peers.txt
	$(PYTHON) -m venv $(PEERS)
	@echo "installing $< into $(PEERS), once: 1.1 GB"
	$(PEERS)/bin/python -m pip install --quiet -r $<
	touch $@

$(VENV)/ready: requirements.lock pyproject.toml
	$(call install,requirements.lock)

$(VENV)/ready-dev: requirements-dev.lock pyproject.toml | $(VENV)/ready
	$(call install,requirements-dev.lock)
