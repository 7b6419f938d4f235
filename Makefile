# `make test` is the whole gate; the other targets are its parts. What needs
# more than a line lives in .ci/.
TOOL := go tool -modfile=.ci/tools.mod
TAGS := browser,peers
# Few tries: what chance finds should seldom stop a change that has nothing to do with it.
FUZZTIME ?= 300x
BENCH ?= .
VIEWS ?= all
# Of those, a part: PAGES=nolwenn/br, somebody and a language.
PAGES ?=

.PHONY: test needs lint audit check-clone unit browser access peers fuzz bench vendor clean
.NOTPARALLEL:

test: needs lint check-clone unit browser peers fuzz

needs: # installs Chromium and Node where it may
	.ci/needs

lint:
	.ci/unformatted
	go vet -tags $(TAGS) ./...
	$(TOOL) staticcheck -tags $(TAGS) ./...
	$(TOOL) golangci-lint run ./...

audit: # known weaknesses; GOVULNDB=file:///a/folder where the public database is out of reach
	.ci/audit

check-clone: # what the README promises, in a fresh clone of what is committed
	.ci/check-clone

unit:
	.ci/gotest -race -shuffle=on ./...
	.ci/gotest -run '^(TestSimulation|TestCataloguesConverge|TestEveryWayOutKeepsToTheLadder)$$' ./federation/delivery ./federation/fedtest ./web # as a whole

browser: # every page in Chromium, with axe
	.ci/tagged browser

access: # every page for every role in every language: its HTML; then light and dark, wide and narrow, with scripts and without, which takes hours; VIEWS=pairs: less
	npm ci --prefix .ci/peers/html --ignore-scripts --no-audit --no-fund --loglevel=error
	ESSAIM_VIEWS=$(VIEWS) .ci/gotest -tags peers -timeout 0 -run '^TestHTMLIsValid$$' ./cmd/essaim
	ESSAIM_VIEWS=$(VIEWS) .ci/gotest -tags browser -timeout 0 -run '^TestDemonstrationInABrowser$$/^every_page$$/$(PAGES)' ./cmd/essaim

peers: # software written by others, from npm and Debian
	.ci/tagged peers

fuzz: # every fuzz target for FUZZTIME: try 10m before a release
	.ci/fuzz $(FUZZTIME)

bench: # BENCH=Inbox runs some
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

vendor: # fetches the vendored files again and compares
	.ci/vendor

clean:
	rm -rf essaim dist data demo-data
	find .ci -name node_modules -prune -exec rm -rf {} +
