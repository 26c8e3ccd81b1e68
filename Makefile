# The habits of this repository. `make help` lists them. Every target is idempotent and quick the second time.
CONFIGURATION ?= Release
DOTNET_FLAGS ?=
PROFILE ?= cpu
export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-test setup-lint native build test torture lint bench bench-continual bench-objectives demo api gpu-check clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:
	@build/setup.sh run

setup-test:
	@build/setup.sh test

setup-lint:
	@build/setup.sh lint

native: setup ## Build the bridge to libtorch (TORCH_DIR=... for another PyTorch)
	@native/build.sh

build: native ## Install what is missing, build everything
	dotnet build SslAgent.sln -c $(CONFIGURATION) -v q $(DOTNET_FLAGS)

test: setup-test build ## Install what is missing, build, run all tests
	@build/test.sh $(CONFIGURATION) $(DOTNET_FLAGS)

torture: setup-test build ## The long proofs: 200 random kills, every kill point singly, 1,000,000 hostile messages (SSLAGENT_SEED=... repeats)
	@build/torture.sh $(CONFIGURATION)

lint: setup-lint build ## Warnings, analyzers, layout, shell scripts, deploy files
	@build/lint.sh $(CONFIGURATION)

bench: setup-test build ## Measure beside the peer, write bench/RESULTS.md
	@bench/run.sh

bench-continual: build ## Does it forget? Methods compared on streams of real data, bench/continual/RESULTS.md (PROFILE=cpu, quick or full, ARGS=--help)
	dotnet run --project bench/SslAgent.Continual -c $(CONFIGURATION) --no-build -- --profile $(PROFILE) $(ARGS)

bench-objectives: build ## Every objective from first weights beside others of its kind, bench/objectives/RESULTS.md (ARGS="--quick", "--only NAME", "--help")
	dotnet run --project bench/SslAgent.Objectives -c $(CONFIGURATION) --no-build -- $(ARGS)

demo: build ## Install what is missing, build, run the agent on shipped real data for three minutes
	dotnet run --project src/SslAgent -c $(CONFIGURATION) --no-build -- demo $(ARGS)

api: ## Write the public API snapshots anew
	SSLAGENT_API_UPDATE=1 dotnet run --project tests/SslAgent.House.Tests -c $(CONFIGURATION)

gpu-check: ## On a machine with a CUDA GPU and a PyTorch: parity, demo, speed
	@bench/gpu-check.sh

clean: ## Remove everything that was built
	rm -rf native/build artifacts
	find src compat tests bench -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
