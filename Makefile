# Two commands matter: `make demo` shows credsieve at work, `make test` checks everything.

TARGET := $(or $(CARGO_TARGET_DIR),target)
BINARY := $(TARGET)/release/credsieve

.PHONY: help demo build test lint format clean
.DEFAULT_GOAL := help

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: build ## Build, then stream generated logins with attacks among them (Ctrl-C ends it)
	@exec $(BINARY) standalone --demo $(DEMO_ARGS)

build: ## Build the binary, optimised (the first time: some minutes, dependencies included)
	@scripts/prerequisites.sh build
	@test -x $(BINARY) || echo "building credsieve and its dependencies; the first time takes some minutes"
	cargo build --release --locked

test: ## Run every check and every test, on a real Kafka broker and a private PostgreSQL
	@scripts/test.sh

lint: ## Check format and lints only
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

format: ## Format the code
	cargo fmt --all

clean: ## Remove everything that was built
	cargo clean
