# Everything a fresh checkout needs; see README.md.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
BROWSER ?= 1
OFFICE ?= 1
OCR ?= 1
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
BENCH_PIP := $(VENV)-bench/bin/python -m pip --disable-pip-version-check --quiet

leave_out := $(if $(filter 0,$(BROWSER)),browser) $(if $(filter 0,$(OFFICE)),office) $(if $(filter 0,$(OCR)),ocr)
marks := $(foreach m,$(leave_out),and not $(m))
packages := $(shell sed -E '/^\#/d' packages.txt | awk '{ print $$1 "=" $$3 }')
wanted := $(foreach p,$(packages),$(if $(filter 0,$($(lastword $(subst =, ,$(p))))),,$(firstword $(subst =, ,$(p)))))

.PHONY: install demo test test-all accuracy decade lint typecheck bench docs assets lock packages clean

install: $(VENV)/installed

$(VENV)/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# the alternatives that benches compare with, in an environment of their own: sqlite-utils imports pandas where it finds it, and
# all that starts would take a second longer
$(VENV)-bench/installed: requirements.lock requirements-dev.lock requirements-bench.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)-bench
	$(BENCH_PIP) install --require-hashes -r requirements.lock
	$(BENCH_PIP) install --require-hashes -r requirements-dev.lock
	$(BENCH_PIP) install --require-hashes -r requirements-bench.lock
	$(BENCH_PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# servers that the tests start, in environments of their own: pywb asks for other versions of pyopenssl and greenlet than the
# crawl and the browser, scrapyd for another of setuptools than Datasette
$(VENV)-%/installed: requirements-%.lock
	$(PYTHON) -m venv $(VENV)-$*
	$(VENV)-$*/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-$*.lock
	@touch $@

# Debian packages: installed where we may, else the line to run is printed and nothing goes on
packages:
	@missing=""; for p in $(wanted); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "Debian packages are missing. Run: sudo apt-get install$$missing   (or leave their tests out: BROWSER=0 OFFICE=0 OCR=0)"; exit 1; fi; \
	fi

demo: install
	$(BIN)/gongkai demo $(if $(ONCE),--once) $(if $(JSON),--json)

test: packages $(VENV)/installed-dev $(VENV)-pywb/installed $(VENV)-scrapyd/installed
	$(BIN)/python -m pytest -m "not slow $(marks)" $(ARGS)
	@echo "$(if $(strip $(leave_out)),left out: $(strip $(leave_out)),nothing left out)"

test test-all: export GONGKAI_SCREENSHOTS ?= test-results/screenshots
test-all: packages $(VENV)/installed-dev $(VENV)-pywb/installed $(VENV)-scrapyd/installed
	$(BIN)/python -m pytest -m "$(if $(strip $(marks)),$(wordlist 2,99,$(marks)))" $(ARGS)
	@echo "$(if $(strip $(leave_out)),left out: $(strip $(leave_out)),nothing left out)"

# a large corpus of reports whose every figure is known; writes docs/accuracy.md, exits 1 where anything falls short
accuracy: packages $(VENV)/installed-dev
	$(BIN)/python -m tests.corpus $(ARGS)

# fourteen years of 300 bodies, and what the archive finds of all that was planted in them; writes docs/decade.md
decade: $(VENV)/installed-dev
	$(BIN)/python -m tests.decade --out docs/decade.md $(ARGS)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typecheck: $(VENV)/installed-dev
	$(BIN)/mypy

bench: packages $(VENV)/installed-dev $(VENV)-bench/installed
	$(VENV)-bench/bin/python -m tests.benchmarks.parse
	$(BIN)/python -m tests.benchmarks.crawl
	$(BIN)/python -m tests.benchmarks.search
	$(BIN)/python -m tests.benchmarks.archive
	PYTHONPATH=tests $(BIN)/python -m tests.benchmarks.crosschecks
	$(BIN)/python -m tests.benchmarks.site
	$(VENV)-bench/bin/python -m tests.benchmarks.release

# the parts of the documents that are made from the code
docs: install
	$(BIN)/python docs/generate.py

# what the site ships from npm, as pinned in archive/website/static/vendor/pinned.toml; the files are committed
assets: install
	$(BIN)/python docs/make_assets.py

# the locks hold hashes and no addresses, so that any index may serve them
lock: $(VENV)/installed-dev
	printf 'hatchling\neditables\n' | uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra crawl --extra publish pyproject.toml - -o requirements.lock
	uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra crawl --extra browser --extra publish --extra ocr --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra bench -c requirements-dev.lock pyproject.toml -o requirements-bench.lock
	printf 'scrapyd>=1.6\n' | uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra crawl pyproject.toml - -o requirements-scrapyd.lock
	printf 'pywb>=2.10\n' | uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 - -o requirements-pywb.lock

clean:
	rm -rf $(VENV) $(VENV)-bench $(VENV)-pywb $(VENV)-scrapyd build dist *.egg-info demo-data
