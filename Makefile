# make             build the tools into .build/release
# make deps        install what is missing from Debian
# make lint        check formatting, scripts and manual pages; installs nothing
# make test        everything a change must pass, from nothing
# make example     build examples/package, which uses the library, and compare it with cg-apply
# make demo        draw images, train, translate and measure, from nothing
# make bench       measure against PyTorch, ONNX Runtime, OpenVINO, Pillow and libvips, where they
#                  can be had; BENCH='--only prep --quick' does less, BENCH=--help says what
# make asan        the core's tests under AddressSanitizer, C and C++ included
# make tsan        the same under ThreadSanitizer
# make install     PREFIX=/usr/local DESTDIR=
#
# LIBTORCH=FOLDER takes LibTorch from there and not from Debian;
# CYCLEGAN_WITHOUT_TRAINER=1 leaves out cg-train and everything that needs LibTorch.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules

PREFIX ?= /usr/local
DESTDIR ?=
BENCH ?=
SWIFT ?= swift
export LIBTORCH CYCLEGAN_WITHOUT_TRAINER

TRAINER := $(if $(CYCLEGAN_WITHOUT_TRAINER),,cg-train)
EVERY_TOOL := cg-prep cg-apply cg-cycle cg-weights cg-train
TOOLS := $(filter-out $(if $(TRAINER),,cg-train),$(EVERY_TOOL))
BUILT := .build/release
# The tools that `all` has built, one per line.
RECORD := $(BUILT)/tools.txt

DEPS := gcc g++ libdnnl-dev libpng-dev libjpeg-dev libwebp-dev zlib1g-dev \
  $(if $(TRAINER),$(if $(LIBTORCH),,libtorch-dev)) mandoc shellcheck clang-format parallel \
  zsh fish

SCRIPTS := $(shell find .ci examples Tests -type f \( -name '*.sh' -o -path .ci/run \))
C_SOURCES := $(shell find Sources -name '*.[ch]' -o -name '*.cpp')
MANUALS := $(sort $(wildcard man/*.[1-8]))

.PHONY: all deps lint test asan tsan example demo bench install install-tools uninstall clean

# One Swift standard library inside each tool: it starts faster and runs without a toolchain.
all:
	$(SWIFT) build -c release --static-swift-stdlib
	printf '%s\n' $(TOOLS) >$(RECORD)

deps:
	@missing=(); for package in $(DEPS); do \
	  status=$$(dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null || true); \
	  [[ $$status == *' installed' ]] || missing+=("$$package"); \
	done; \
	(( $${#missing[@]} )) || exit 0; \
	if ! command -v apt-get >/dev/null; then \
	  echo "make deps: no apt-get here; please install: $${missing[*]}" >&2; exit 1; \
	fi; \
	sudo=; (( EUID )) && sudo=sudo; \
	echo "make deps: $${sudo:+$$sudo }apt-get install $${missing[*]}"; \
	$$sudo apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends \
	  "$${missing[@]}" >/dev/null

lint:
	@missing=(); for tool in clang-format shellcheck mandoc; do \
	  command -v "$$tool" >/dev/null || missing+=("$$tool"); \
	done; \
	(( ! $${#missing[@]} )) || { \
	  echo "make lint: missing: $${missing[*]}; 'make deps' installs them on Debian" >&2; exit 1; }
	$(SWIFT) format lint --strict --parallel -r Package.swift Sources Tests examples
	clang-format --dry-run -Werror $(C_SOURCES)
	shellcheck $(SCRIPTS)
	cd man && mandoc -T lint $(notdir $(MANUALS))

# The tests have a build folder of their own: their flags differ from the tools', and one folder for
# both would compile everything anew at every change between them. The tools beside the tests are
# what the example is compared with.
test:
	$(MAKE) --no-print-directory deps
	$(MAKE) --no-print-directory lint
	$(SWIFT) test --scratch-path .build/test -c release -Xswiftc -enable-testing
	SWIFT='$(SWIFT)' examples/package/run.sh .build/test/release

example: all
	SWIFT='$(SWIFT)' examples/package/run.sh $(BUILT)

# The core's tests, built with a sanitizer into a folder of its own. LibTorch is not instrumented, so
# the trainer stays out. So do networks of full size, which take minutes, and checks of the sources.
# ThreadSanitizer does not know swift-testing's scheduler: its tests run one after the other, without
# those that measure time. The tools stay out, too: Swift writes 0 into the count of its one empty
# array, and every thread that has an empty array reads it.
SANITIZED := $(SWIFT) test --disable-xctest -c release -Xswiftc -enable-testing --filter '^CycleGANTests\.'
UNSANITIZED := GeneratorParityTests|StateDictTests|LayeringTests|DocumentationTests
asan tsan: export CYCLEGAN_WITHOUT_TRAINER = 1

asan: deps
	ASAN_OPTIONS=strict_string_checks=1:detect_stack_use_after_return=1 \
	LSAN_OPTIONS='suppressions=$(CURDIR)/Tests/Sanitizers/lsan.supp' \
	  $(SANITIZED) --sanitize=address --scratch-path .build/asan --skip '$(UNSANITIZED)'

tsan: deps
	TSAN_OPTIONS='suppressions=$(CURDIR)/Tests/Sanitizers/tsan.supp' \
	  $(SANITIZED) --sanitize=thread --scratch-path .build/tsan --no-parallel \
	  --skip '$(UNSANITIZED)|PickleBombTests'

demo: deps all
	PATH="$(CURDIR)/$(BUILT):$$PATH" examples/demo/run.sh .build/demo

bench: deps all
	Tests/Benchmarks/bench.sh $(BUILT) .build/bench $(BENCH)

# Builds only where nothing is built, so that `sudo make install` needs no toolchain on root's PATH.
# Installs what was built, whatever the environment says now. Without a record somebody has called
# swift build, and what is there counts.
install:
	[[ -x $(BUILT)/cg-apply ]] || $(MAKE) all
	tools=(); for tool in $(TOOLS); do \
	  if [[ -f $(RECORD) ]]; then grep -qx "$$tool" $(RECORD); else [[ -x $(BUILT)/$$tool ]]; fi \
	    && tools+=("$$tool") \
	    || echo "make install: $$tool is left out, it was not built; 'make' builds it" >&2; \
	done; \
	$(MAKE) --no-print-directory install-tools TOOLS="$${tools[*]}"

# All or nothing: a tool that has gone is missed before anything is copied.
install-tools:
	for tool in $(TOOLS); do \
	  [[ -x $(BUILT)/$$tool ]] || { \
	    echo "make install: $(BUILT)/$$tool is missing; 'make' builds it" >&2; exit 1; }; \
	done
	install -d $(addprefix '$(DESTDIR)$(PREFIX)'/,bin share/man/man1 share/man/man5 share/man/man7 \
	  share/bash-completion/completions share/zsh/site-functions share/fish/vendor_completions.d)
	install -s -t '$(DESTDIR)$(PREFIX)/bin' $(addprefix $(BUILT)/,$(TOOLS))
	for page in $(filter-out $(patsubst %,man/%.1,$(filter-out $(TOOLS),$(EVERY_TOOL))),$(MANUALS)); do \
	  install -m 644 -t "$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}" "$$page"; \
	done
	cd '$(DESTDIR)$(PREFIX)/share'; for tool in $(TOOLS); do \
	  complete() { "$(CURDIR)/$(BUILT)/$$tool" --generate-completion-script "$$1"; }; \
	  complete bash >"bash-completion/completions/$$tool"; \
	  complete zsh >"zsh/site-functions/_$$tool"; \
	  complete fish >"fish/vendor_completions.d/$$tool.fish"; \
	done

uninstall:
	cd '$(DESTDIR)$(PREFIX)'; rm -f $(foreach tool,$(EVERY_TOOL),bin/$(tool) \
	  share/bash-completion/completions/$(tool) share/zsh/site-functions/_$(tool) \
	  share/fish/vendor_completions.d/$(tool).fish) \
	  $(foreach page,$(notdir $(MANUALS)),share/man/man$(subst .,,$(suffix $(page)))/$(page))

clean:
	rm -rf .build
