# Everything a newcomer needs: `make build` and `make test` each work alone, with only Python (3.11 or newer), pip and make.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: build test check format lint types starter clean

build: .venv/.built  ## write all configs from the sources at hand to out/mulco
	$(BIN)/mulco build

test: .venv/.tested  ## run every test; MULCO_UPSTREAM names a folder with upstream excerpts
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: format lint types test  ## what CI runs

format: .venv/.tested
	$(BIN)/ruff format .

lint: .venv/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.tested
	$(BIN)/mypy

starter: .venv/.built  ## rebuild the dataset folder inside the package, and the tables in both READMEs
	$(BIN)/python -m mulco.cards.packaged
	$(BIN)/python -m mulco.cards.readme --write

clean:
	rm -rf .venv out build dist *.egg-info

.venv/pyvenv.cfg:
	$(PYTHON) -m venv .venv

.venv/.built: .venv/pyvenv.cfg pyproject.toml constraints.txt
	$(INSTALL) --editable .
	touch $@

# torch comes first and exactly: what depends on it must not choose another build.
.venv/.tested: .venv/pyvenv.cfg pyproject.toml constraints.txt
	$(INSTALL) torch==2.13.0
	DS_BUILD_OPS=0 $(INSTALL) --editable '.[dev]'
	touch .venv/.built $@
