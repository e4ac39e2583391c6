# make check runs everything that CI runs.
STATICCHECK = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME ?= 10000x

ifneq ($(wildcard ../shared/corpus),)
export GWLINT_SHARED ?= $(abspath ../shared)
endif

.PHONY: check test format vet static lab fuzz bench docs

check: format vet static test fuzz

test:
	go test ./...

format:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./...

static:
	$(STATICCHECK) ./...

# The rules against real servers. It is part of test, too; this shows each case.
lab:
	go test -v ./lab/...

# Each fuzz target for FUZZTIME: so many inputs, or a duration such as 60s.
fuzz:
	@set -e; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$package; \
		done; \
	done

bench:
	go test -run '^$$' -bench . -benchmem ./...

# Rewrites what is generated: rule pages' output, docs/rules.md, golden files.
docs:
	go test ./checks -update
