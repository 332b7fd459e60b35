# Two commands matter: `make demo` shows credsieve at work, `make test` checks everything.
# `make evaluate` measures the detection, `make bench` the speed, `make peers` both beside others.

TARGET := $(or $(CARGO_TARGET_DIR),target)
BINARY := $(TARGET)/release/credsieve

.PHONY: help demo build test evaluate results others leaks floor steps fit bench stream curve readback peers lint format clean
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

evaluate: build ## Measure the detection on ten seeds that it was never tuned on (scripts/evaluate.sh has the knobs)
	@BINARY=$(BINARY) scripts/evaluate.sh

results: build ## Measure it on every mix and write docs/detection-results.md anew
	@BINARY=$(BINARY) scripts/results.sh

others: build ## Measure it on traffic of the other generators, written without knowledge of the first
	@for generator in second third fourth fifth sixth seventh worlds/exchange worlds/games; do GENERATOR=$$generator BINARY=$(BINARY) SKIP=1 scripts/others.sh || exit 1; done

leaks: build ## List what in the generated traffic gives an attack away
	$(BINARY) load-test --seed 1 leaks

floor: ## Write down what the short check of the tests catches now, as the floor for later changes
	CREDSIEVE_WRITE_FLOOR=1 cargo test --locked -p credsieve --test end_to_end detection::the_detection -- --nocapture

steps: ## Write down what each step of an attempt costs now, in instructions, as the limit for later changes
	CREDSIEVE_WRITE_STEPS=1 cargo test --locked -p credsieve-engine --test cost no_step -- --nocapture

fit: ## Fit the weights and trees of the detector's card to traffic of the tuning seeds (build and repeat; FIT_ARGS)
	cargo run --release --locked -p credsieve-load-test --example fit -- $(FIT_ARGS)

bench: build ## Measure what each step costs and how fast replay is; prints one table
	@BINARY=$(BINARY) scripts/bench.sh

stream: build ## Measure a service behind a real Kafka broker: rate, latency, answers; prints one table (scripts/stream.sh has the knobs)
	@BINARY=$(BINARY) scripts/stream.sh

curve: ## Measure what an attempt costs with up to 10 million entities remembered, and a flood; draws docs/cost-curve.svg (CURVE_ARGS)
	cargo bench --locked -p credsieve-engine --bench curve -- --svg $(CURDIR)/docs/cost-curve.svg $(CURVE_ARGS)

readback: ## Measure how long a start takes with 10 million entities remembered: a state file is written and read back (READBACK_ARGS)
	cargo bench --locked -p credsieve-detector --bench readback -- $(READBACK_ARGS)

peers: build ## Measure credsieve beside what one would otherwise run; prints one table (load-test/peers/run.sh has the knobs)
	@BINARY=$(BINARY) load-test/peers/run.sh

lint: ## Check format and lints only
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

format: ## Format the code
	cargo fmt --all

clean: ## Remove everything that was built
	cargo clean
