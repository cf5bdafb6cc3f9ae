# One command to run, one to test. `make help` lists them all.
#
# Everything is written to $(VENV) (packages, bytecode, tool caches) and to DATA_DIR (default var/).
# HOST, PORT, DATA_DIR, DATABASE_URL and REDIS_URL are read from the environment by governance/settings.py.

SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
VENV_DIR := $(abspath $(VENV))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)

export PYTHONPYCACHEPREFIX := $(VENV_DIR)/pycache
unexport PYTHONDONTWRITEBYTECODE
export PYTHONUNBUFFERED := 1
export UV_CACHE_DIR ?= $(VENV_DIR)/uv-cache
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= 1
endif
# uv is quicker; pip knows the mirror and the certificates that a site has set in pip.conf.
install = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
	|| { echo "uv 没有装成，改用 pip" >&2; \
		$(BIN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r $(1); }

.DEFAULT_GOAL := help
.PHONY: help run dev reset test fast cover mutants bench scale bench-scale lint fmt lock

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

run: $(VENV)/.runtime ## install, migrate, demo data, then web server and engine; honours HOST, PORT, DATA_DIR
	@exec $(BIN)/python manage.py serve

dev: $(VENV)/.runtime ## like run, for whoever writes code: everything starts anew when a source file changes
	@DEBUG=1 RELOAD=1 exec $(BIN)/python manage.py serve

reset: $(VENV)/.runtime ## delete the data of this installation; the next `make run` starts over
	@$(BIN)/python manage.py reset

test: $(VENV)/.dev ## lint, contracts, types, whole suite on SQLite and on PostgreSQL + Redis, browser journeys
	@exec $(BIN)/python tests/run.py $(TESTFLAGS)

cover: $(VENV)/.dev ## lines and branches that the suite runs on PostgreSQL
	@exec $(BIN)/python tests/run.py --only cover $(TESTFLAGS)

mutants: $(VENV)/.dev ## make faults by hand on a copy of the tree and tell which ones the suite does not notice
	@exec $(BIN)/python -m tests.mutants $(MUTANTFLAGS)

fast: $(VENV)/.dev ## lint, contracts, types, and the tests of the rooms that were changed, on SQLite
	@exec $(BIN)/python tests/run.py --only lint,imports,types,changed $(TESTFLAGS)

bench: $(VENV)/.dev ## measure requests, pages and engine on SQLite and PostgreSQL; prints a table
	@exec $(BIN)/python -m benchmarks $(BENCHFLAGS)

scale: $(VENV)/.dev ## build the synthetic county of 300,000 households on PostgreSQL (DATABASE_URL, else shanzhi_scale)
	@exec $(BIN)/python -m benchmarks.county.building $(SCALEFLAGS)

bench-scale: $(VENV)/.dev ## measure imports, reads and structural writes at that size; prints a table
	@exec $(BIN)/python -m benchmarks.county.households

lint: $(VENV)/.dev ## ruff, indentation of templates, import contracts, types
	@exec $(BIN)/python tests/run.py --only lint,imports,types

fmt: $(VENV)/.dev ## format code and templates, apply the safe fixes
	@$(BIN)/ruff check --cache-dir $(VENV_DIR)/cache/ruff --fix .
	@$(BIN)/ruff format --cache-dir $(VENV_DIR)/cache/ruff .
	@$(BIN)/djhtml $$($(BIN)/python -c "from tests.run import indentation; print(*indentation())") templates

lock: $(BIN)/uv ## resolve requirements*.in anew and write the locks with hashes
	@set -e; for name in requirements-uv requirements requirements-dev; do \
		echo "$$name.txt"; \
		$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			$$name.in -o $$name.txt; \
	done

# ---- what the targets above need ---------------------------------------------------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更新版本，没有找到（可用 make PYTHON=/路径/python3 指定）。" >&2; exit 1; }
	@echo "创建虚拟环境 $(VENV)（$(PYTHON)）"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "无法创建虚拟环境：请先安装 venv 模块（Debian/Ubuntu：apt-get install python3-venv）。" >&2; exit 1; }

$(BIN)/uv: requirements-uv.txt | $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

$(VENV)/.runtime: requirements.txt | $(BIN)/uv
	@echo "安装运行依赖（锁定版本，核对哈希）"
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(BIN)/uv
	@echo "安装测试依赖（锁定版本，核对哈希）"
	@$(call install,requirements-dev.txt)
	@touch $(VENV)/.runtime $@
