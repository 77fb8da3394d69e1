# Needs: python3 (3.11 to 3.13) with venv, git, make. Everything it writes lies in .venv and .build.

PYTHON ?= python3
PYTEST_ARGS ?= -n 2 --dist worksteal

BIN := .venv/bin
TREE := $(CURDIR)/.build/collections
PLUGINS := ansible_collections.golden.ami.plugins
TOGETHER = $(BIN)/python tools/together.py --make $(MAKE)
LINTS := lint-ansible lint-docs lint-types lint-yaml lint-environment lint-changelog lint-python lint-shell

# What runs finds the venv's tools, no collection from elsewhere on this machine, and leaves nothing in ~/.ansible.
HOST_PATH := $(PATH)
export PATH := $(CURDIR)/$(BIN):$(HOST_PATH)
export ANSIBLE_COLLECTIONS_PATH := $(TREE)
export ANSIBLE_HOME := $(CURDIR)/.build/ansible

VENV := .venv/.complete
COLLECTIONS := .build/collections/.complete

.PHONY: help
help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

.PHONY: demo
demo: $(COLLECTIONS) ## share an AMI in an AWS on this machine, and look at it
	@$(BIN)/python demo/run.py

.PHONY: aws
aws: $(COLLECTIONS) ## keep that AWS running, for playbooks of your own, until Ctrl-C
	@$(BIN)/python demo/aws.py

# The longest first. pytest waits a third of its time, so that two of it leave room for one of the others.
.PHONY: test
test: $(COLLECTIONS) ## everything that a change must pass
	@$(TOGETHER) pytest sanity $(LINTS)

.PHONY: check
check: $(COLLECTIONS) ## style, types, documentation, and the tests that start nothing, in less than a minute
	@$(TOGETHER) lint-ansible unit $(filter-out lint-ansible,$(LINTS))

.PHONY: venv
venv: $(VENV) ## Python with the development tools, in .venv

.PHONY: collections
collections: $(COLLECTIONS) ## this checkout and amazon.aws as a collections tree, in .build

.PHONY: lint
lint: $(COLLECTIONS) ## style, types, documentation, changelog
	@$(TOGETHER) $(LINTS)

.PHONY: $(LINTS)
$(LINTS): $(COLLECTIONS)

lint-ansible:
	$(BIN)/ansible-lint --strict -q --nocolor

# antsibull-docs leaves a log in HOME, and copies collections without what git ignores; the ceiling keeps it from seeing that .build is ignored.
lint-docs:
	HOME=$(CURDIR)/.build GIT_CEILING_DIRECTORIES=$(CURDIR) \
	$(BIN)/antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --validate-collection-refs dependent .

lint-types:
	MYPYPATH=$(TREE) $(BIN)/mypy -p $(PLUGINS)

lint-yaml:
	$(BIN)/yamllint --strict .

lint-environment:
	$(BIN)/ansible-builder create -f execution-environment.yml -c .build/execution-environment --output-filename Containerfile > /dev/null

lint-changelog:
	$(BIN)/antsibull-changelog lint

lint-python:
	$(BIN)/ruff check
	$(BIN)/ruff format --check

lint-shell:
	$(BIN)/shellcheck .ci/run

.PHONY: sanity
sanity: $(COLLECTIONS) ## ansible-test sanity
	@$(BIN)/python tools/sanity.py

.PHONY: pytest
pytest: $(COLLECTIONS) ## all tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: unit
unit: $(COLLECTIONS) ## tests that start nothing
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/unit tests/tools

.PHONY: integration
integration: $(COLLECTIONS) ## modules, roles and playbooks against an AWS on this machine
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/embedded_aws tests/integration

.PHONY: matrix
matrix: $(VENV) ## unit and integration tests with other releases of ansible-core, amazon.aws and Python
	@$(BIN)/python tools/matrix.py

.PHONY: bench
bench: $(COLLECTIONS) ## how long things take
	@$(BIN)/python bench/run.py

.PHONY: docs
docs: $(COLLECTIONS) ## the documentation as web pages, in .build/docs
	rm -rf .build/docs
	mkdir -p .build/docs/rst
	$(BIN)/antsibull-docs --config-file tools/antsibull-docs.cfg collection --use-current --squash-hierarchy --dest-dir .build/docs/rst golden.ami
	$(BIN)/sphinx-build -q -C -D project=golden.ami -D html_theme=alabaster -D extensions=sphinx_antsibull_ext -D suppress_warnings=ref.ref \
	    .build/docs/rst .build/docs/html
	@echo "open .build/docs/html/index.html"

.PHONY: build
build: $(VENV) ## the artifact for Galaxy, in .build/dist
	$(BIN)/ansible-galaxy collection build --force --output-path .build/dist

.PHONY: clean
clean: ## remove .venv and .build
	rm -rf .venv .build

# $(PYTHON) is the machine's, never the one in an older .venv.
.build/python $(VENV): export PATH := $(HOST_PATH)

.PHONY: FORCE
.build/python: FORCE
	@tools/check-python.sh "$(PYTHON)" $@

# .complete comes last and lies inside: a venv whose installation was interrupted is made again from nothing.
$(VENV): .build/python $(wildcard requirements/*.txt)
	rm -rf .venv
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements/test.txt -c requirements/constraints.txt
	@touch $@

$(COLLECTIONS): tools/collections_tree.py $(VENV)
	$(BIN)/python tools/collections_tree.py $(TREE)
	@touch $@
