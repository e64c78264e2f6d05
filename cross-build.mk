# Every rule of mstmpsweep. The Makefile only includes this file.
# SPDX-License-Identifier: Apache-2.0
#
#	make		the three programs
#	make demo	a stand-in PC, scanned and reported
#	make test	everything that can be shown in 25 minutes; test-full: all
#	make mutants	break it line by line: a test must mind each
#	make windows-check	a folder to try it with on a real Windows
#	make bench	the table of speeds
#	make lint	warnings, style, forbidden calls
#	make setup	install what is missing (the other goals do it themselves)
#	make clean	remove build/; the cache of dependencies stays
#
# Hosts: linux (musl, static), win32, win64; for tests also native and asan
# (glibc, gcc) and fuzz (clang). What a host is built with stands in
# tests/build/hosts.sh; the same source list serves all of them.

VERSION := 0.1.0

# What make was called with, before flags are added below: k, n, ... together
CALLED_WITH := $(firstword -$(MAKEFLAGS))

SHELL	      := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
# A space would end a name in most of the rules below.
ifneq ($(words x$(CURDIR)x),1)
$(error the path of this checkout, "$(CURDIR)", has a space in it; move it to one without)
endif
MAKEFLAGS     += --no-builtin-rules
export LC_ALL := C.UTF-8
export LANGUAGE :=

# Use every processor unless the caller said otherwise.
ifeq ($(filter -j% --jobs%,$(MAKEFLAGS) $(MFLAGS)),)
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
endif

PRODUCT_HOSTS := linux win32 win64
HOSTS	      := $(PRODUCT_HOSTS) native asan fuzz
WIN_HOSTS     := win32 win64
B	      := tests/build

.PHONY: all linux win32 win64 native asan deps setup setup-test
.PHONY: demo test test-full mutants bench lint format fuzz fuzz-short clean
.PHONY: FORCE

# --- The set-up ------------------------------------------------------------

# No rule may start before the set-up ended: it is carried out while make reads
# this file, before there are any rules, and the names of the compilers come from
# the file it writes and from nowhere else. tests/build/selftest.sh tries it.
# That file is only touched when a compiler changed: then everything is built
# again, else nothing.
TEST_GOALS := test test-full lint format fuzz fuzz-short setup-test mutants \
	build/fuzz/% build/fault/%
LEVEL := $(if $(filter $(TEST_GOALS),$(MAKECMDGOALS)),test,$(if \
	$(filter bench,$(MAKECMDGOALS)),bench,build))

ifneq ($(MAKECMDGOALS),clean)
ifneq ($(filter clean,$(MAKECMDGOALS)),)
$(error run "make clean" by itself, then the other goals)
endif
# With -n or -q nothing is carried out, so there nothing is installed.
ifeq ($(findstring n,$(CALLED_WITH))$(findstring q,$(CALLED_WITH)),)
ifneq ($(shell $(B)/setup.sh $(LEVEL) build/toolchain.mk >&2 || echo no),)
$(error the set-up failed, for the reason above)
endif
include build/toolchain.mk
else
-include build/toolchain.mk
endif
endif
build/toolchain.mk: ;

setup setup-test:
	@echo "setup: everything is there for \"make$(if \
		$(filter setup-test,$@), test)\"."

# --- Flags -----------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wundef -Wformat=2 -Wvla -Werror

# The paths of the build machine stay out of the programs.
COMMON := -std=gnu11 $(WARNINGS) -Iagent -I. -Ibuild/gen \
	-DMSTMP_VERSION='"$(VERSION)"' -ffile-prefix-map=$(CURDIR)/=

RELEASE := -O2 -ffunction-sections -fdata-sections -fstack-protector-strong

# _WIN32_WINNT makes everything newer than Windows XP SP3 undeclared.
# __USE_MINGW_ANSI_STDIO=0: printf is msvcrt's, and PRId64 says so.
WINDOWS := -D_WIN32_WINNT=0x0501 -DWINVER=0x0501 -DNTDDI_VERSION=0x05010300 \
	-DUNICODE -D_UNICODE -D__USE_MINGW_ANSI_STDIO=0 -D_FORTIFY_SOURCE=2 \
	-DSODIUM_STATIC
POSIX := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DSODIUM_STATIC

CHECKED := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined

CFLAGS_linux  := $(COMMON) $(RELEASE) $(POSIX) -fPIE
CFLAGS_win32  := $(COMMON) $(RELEASE) $(WINDOWS)
CFLAGS_win64  := $(COMMON) $(RELEASE) $(WINDOWS)
CFLAGS_native := $(COMMON) $(RELEASE) $(POSIX) -fPIE -g -D_FORTIFY_SOURCE=2
CFLAGS_asan   := $(COMMON) $(CHECKED) $(POSIX)
CFLAGS_fuzz   := $(COMMON) $(CHECKED) $(POSIX) -fsanitize=fuzzer-no-link

# The only system libraries a program of ours may be linked with; tests/build/
# imports.sh looks at the result. Everything else is looked up at run time.
WIN_LIBS := -lole32 -loleaut32 -lshell32 -lgdi32 -luser32 -ladvapi32

# Debian's musl-gcc cannot make a static position-independent program by
# itself (its specs always take Scrt1.o and a loader): the start files are
# named here. rcrt1.o is the one that relocates itself.
MUSL := /usr/lib/x86_64-linux-musl
LDFLAGS_linux  := -nostartfiles -static-pie \
	-Wl,-static,--no-dynamic-linker,-z,text \
	-Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,-z,noexecstack
HEAD_linux = $(MUSL)/rcrt1.o $(MUSL)/crti.o \
	$$($(CC_native) -print-file-name=crtbeginS.o)
TAIL_linux = $$($(CC_native) -print-file-name=crtendS.o) $(MUSL)/crtn.o

LDFLAGS_win32  := -static -fstack-protector-strong -Wl,--gc-sections \
	-Wl,--no-insert-timestamp -Wl,--dynamicbase -Wl,--nxcompat \
	-Wl,--large-address-aware \
	-Wl,--major-subsystem-version,5,--minor-subsystem-version,1
LDFLAGS_win64  := -static -fstack-protector-strong -Wl,--gc-sections \
	-Wl,--no-insert-timestamp -Wl,--dynamicbase -Wl,--nxcompat \
	-Wl,--high-entropy-va
LDFLAGS_native := -pie -Wl,--gc-sections -Wl,-z,relro,-z,now
LDFLAGS_asan   := -fsanitize=address,undefined
LDFLAGS_fuzz   := -fsanitize=address,undefined

LIBS_linux  := -lm
LIBS_win32  := $(WIN_LIBS)
LIBS_win64  := $(WIN_LIBS)
LIBS_native := -lm -lpthread
LIBS_asan   := -lm -lpthread
LIBS_fuzz   := -lm -lpthread

STRIP := -s

# --- Dependencies ----------------------------------------------------------

DEPS := yara hivex sqlite sodium tomcrypt zlib

dep_inc	 = $(foreach d,$(DEPS),-isystem build/deps/$(1)/$(d)/include)
dep_libs = $(foreach d,$(DEPS),build/deps/$(1)/$(d)/lib/lib$(d).a)
dep_oks	 = $(foreach d,$(DEPS),build/deps/$(1)/$(d).ok)

# What hands make's job slots on is carried out with -n, too; not these.
JOBS_TOO := $(if $(findstring n,$(CALLED_WITH)),,+)

# dep_rule HOST,NAME,OTHER STAMPS
define dep_rule
build/deps/$(1)/$(2).ok: $(3) $$(wildcard $(B)/deps/$(2).sh agent/deps/$(2)/* \
		agent/deps/$(2)/*/*) $(B)/dep.sh $(B)/hosts.sh \
		$(B)/sources.tsv build/toolchain.mk
	$(JOBS_TOO)@$(B)/dep.sh $(2) $(1)
	@mkdir -p $$(@D) && touch $$@
endef

$(eval $(call dep_rule,any,sqlite_src,))
$(foreach h,$(HOSTS),\
$(eval $(call dep_rule,$(h),tomcrypt,))\
$(eval $(call dep_rule,$(h),zlib,))\
$(eval $(call dep_rule,$(h),hivex,))\
$(eval $(call dep_rule,$(h),sodium,))\
$(eval $(call dep_rule,$(h),check,))\
$(eval $(call dep_rule,$(h),sqlite,build/deps/any/sqlite_src.ok))\
$(eval $(call dep_rule,$(h),yara,build/deps/$(h)/tomcrypt.ok)))

deps: $(foreach h,$(PRODUCT_HOSTS),$(call dep_oks,$(h)))

# --- Sources ---------------------------------------------------------------

SOURCES := $(sort $(shell find agent remediate -name '*.c' \
	-not -path 'agent/deps/*' 2>/dev/null))
EMBEDS := $(sort $(shell find agent remediate -type f \( -name '*.sql' -o -name '*.css' \
	-o -name '*.js' -o -name '*.html' \) 2>/dev/null))

# _win32.c and _posix.c are the host axis; there is no #ifdef _WIN32.
for_host = $(filter-out $(if $(filter $(1),$(WIN_HOSTS)),%_posix.c,%_win32.c),\
	$(2))
lib_sources = $(filter-out agent/main.c,$(call for_host,$(1),$(SOURCES)))

embed_id = $(subst -,_,$(subst .,_,$(notdir $(1))))
GEN_C := $(foreach e,$(EMBEDS),build/gen/embed_$(call embed_id,$(e)).c)

build/gen/embed.h: FORCE
	@$(B)/embed.sh header $@ $(EMBEDS)

define embed_rule
build/gen/embed_$(call embed_id,$(1)).c: $(1) $(B)/embed.sh
	@$(B)/embed.sh source $$@ $(1)
endef
$(foreach e,$(EMBEDS),$(eval $(call embed_rule,$(e))))

# The texts for people; what uses some of them finds the header by -MMD.
WORDS := agent/words/en.tsv agent/words/ja.tsv
GEN_C += build/gen/words_table.c
build/gen/words_table.c: $(WORDS) $(B)/words.sh
	@mkdir -p $(@D)
	@$(B)/words.sh make $(@D)
# Made with it, but only if their texts changed.
build/gen/words/%.h: build/gen/words_table.c
	@:

# The built-in pack, encoded so that no rule stands in the program as text.
ifneq ($(wildcard signatures/mkpack.c),)
PACK_FILES := $(shell find signatures/mstmp -type f 2>/dev/null)
GEN_C += build/gen/builtin_pack.c

PACK_KEYS := $(sort $(wildcard signatures/keys/*.pub))

build/gen/builtin_pack.c: build/tools/mkpack $(PACK_FILES) $(PACK_KEYS)
	@mkdir -p $(@D)
	@build/tools/mkpack signatures/mstmp $@ $(PACK_KEYS)
endif

# --- Objects, libraries, programs ------------------------------------------

exe = $(if $(filter $(1),$(WIN_HOSTS)),.exe)
objects = $(patsubst %.c,build/$(1)/obj/%.o,$(2))
program = build/$(1)/mstmpsweep$(if $(filter win64,$(1)),64)$(call exe,$(1))
# A group, because hivex calls back into libmstmp.a (hivex_shim.h).
link = $(CC_$(1)) $(LDFLAGS_$(1)) -o $@ $(HEAD_$(1)) $(2) -Wl,--start-group \
	build/$(1)/libmstmp.a $(3) $(call dep_libs,$(1)) -Wl,--end-group \
	$(LIBS_$(1)) $(TAIL_$(1))

define host_rules
build/$(1)/obj/build/gen/%.o: build/gen/%.c build/gen/embed.h \
		build/toolchain.mk
	@mkdir -p $$(@D)
	@$(CC_$(1)) $(CFLAGS_$(1)) -c -o $$@ $$<

build/$(1)/obj/%.o: %.c cross-build.mk $(call dep_oks,$(1)) \
		| build/gen/embed.h build/gen/words_table.c
	@echo "  CC    $$@"
	@mkdir -p $$(@D)
	@$(CC_$(1)) $(CFLAGS_$(1)) $(call dep_inc,$(1)) $$(EXTRA_CFLAGS) \
		-MMD -MP -c -o $$@ $$<

build/$(1)/libmstmp.a: $(call objects,$(1),$(call lib_sources,$(1)) $(GEN_C)) \
		build/$(1)/sources
	@# q, not r: two files of one name in two folders both stay.
	@rm -f $$@
	@$(AR_$(1)) qcsD $$@ $$(filter %.o,$$^)

# A file that was removed from the tree leaves the library, too.
build/$(1)/sources: FORCE
	@mkdir -p $$(@D)
	@echo $(call lib_sources,$(1)) $(GEN_C) | cmp -s - $$@ || \
		echo $(call lib_sources,$(1)) $(GEN_C) >$$@

$(call program,$(1)): $(call objects,$(1),agent/main.c) build/$(1)/libmstmp.a \
		$(if $(filter $(1),$(WIN_HOSTS)),build/$(1)/resource.o \
		$(B)/run_from_swap.sh)
	@echo "  LINK  $$@"
	@$$(call link,$(1),$$(filter %.o,$$^)) \
		$(if $(filter $(1),$(PRODUCT_HOSTS)),$(STRIP))
	$(if $(filter $(1),$(WIN_HOSTS)),@$(B)/run_from_swap.sh $$@)
endef
$(foreach h,$(HOSTS),$(eval $(call host_rules,$(h))))

# mkpack checks the pack with the product's own code, so it is linked from
# what is compiled for linux anyway, all but the built-in pack itself.
ifneq ($(wildcard signatures/mkpack.c),)
build/tools/libmkpack.a: $(call objects,linux,$(call lib_sources,linux) \
		$(filter-out %/builtin_pack.c,$(GEN_C))) build/linux/sources
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR_linux) qcsD $@ $(filter %.o,$^)

build/tools/mkpack: build/linux/obj/signatures/mkpack.o build/tools/libmkpack.a
	@echo "  TOOL  $@"
	@$(subst build/linux/libmstmp.a,build/tools/libmkpack.a,\
		$(call link,linux,$<))
endif

comma := ,
define resource_rule
build/$(1)/resource.o: agent/res/mstmpsweep.rc agent/res/mstmpsweep.manifest \
		cross-build.mk build/toolchain.mk
	@mkdir -p $$(@D)
	@$(RC_$(1)) -Iagent/res -DMSTMP_VERSION='\"$(VERSION)\"' \
		-DMSTMP_VERSION_NUMBERS=$(subst .,$(comma),$(VERSION)),0 \
		-DMSTMP_EXE_NAME='\"$(notdir $(call program,$(1)))\"' \
		-O coff -o $$@ $$<
endef
$(foreach h,$(WIN_HOSTS),$(eval $(call resource_rule,$(h))))

# Nothing is linked before there is a program.
ifneq ($(wildcard agent/main.c),)
PROGRAMS := $(foreach h,$(PRODUCT_HOSTS),$(call program,$(h)))
endif
all: $(PROGRAMS) $(foreach h,$(PRODUCT_HOSTS),build/$(h)/libmstmp.a)
$(foreach h,$(filter-out fuzz,$(HOSTS)),$(eval $(h): build/$(h)/libmstmp.a \
	$(if $(wildcard agent/main.c),$(call program,$(h)))))

# --- Unit tests, test programs, fuzzers ------------------------------------

# Files of others that the tests read, packed in tests/data.
build/data.ok: $(shell find tests/data -type f -not -path '*/rules/*') \
		$(B)/data.sh
	@$(B)/data.sh unpack
	@touch $@

UNIT_C := $(sort $(wildcard tests/unit/*.c))
UNIT_HOSTS := linux asan win64 win32
unit_program = build/$(1)/unit$(call exe,$(1))
# tests/unit/peak.h
UNIT_WRAP := $(foreach f,malloc calloc realloc free,-Wl,--wrap=$(f))

define unit_rules
build/$(1)/obj/tests/unit/%.o: EXTRA_CFLAGS := \
	-isystem build/deps/$(1)/check/include -Itests/unit -Wno-format-zero-length
$(call objects,$(1),$(UNIT_C)): build/deps/$(1)/check.ok
$(call unit_program,$(1)): $(call objects,$(1),$(call for_host,$(1),$(UNIT_C))) \
		build/$(1)/libmstmp.a | build/data.ok
	@echo "  LINK  $$@"
	@$$(call link,$(1),$$(filter %.o,$$^) $$(UNIT_WRAP),\
		build/deps/$(1)/check/lib/libcheck.a)
endef
$(foreach h,$(UNIT_HOSTS) native,$(eval $(call unit_rules,$(h))))
UNITS := $(foreach h,$(UNIT_HOSTS),$(call unit_program,$(h)))

# Mutants (tests/mutants/run.sh): how one file is compiled, how a program is
# linked with it, and what the suites share.
UNIT_HELPERS := $(filter-out tests/unit/test_% tests/unit/unit_main.c,\
	$(call for_host,native,$(UNIT_C)))
build/native/commands: cross-build.mk build/native/sources
	$(file >$@,compile() { $(CC_native) $(CFLAGS_native) \
		$(call dep_inc,native) "$$@"; })
	$(file >>$@,unit_wrap='$(UNIT_WRAP)')
	$(file >>$@,link_with() { local out=$$1; shift; \
		$(CC_native) $(LDFLAGS_native) -o "$$out" \
		-Wl,--start-group "$$@" build/native/libmstmp.a \
		build/deps/native/check/lib/libcheck.a \
		$(call dep_libs,native) -Wl,--end-group $(LIBS_native); })

build/native/mutants.a: $(call objects,native,$(UNIT_HELPERS))
	@rm -f $@
	@$(AR_native) qcsD $@ $^

MUTANTS := build/native/commands build/native/mutants.a build/native/unit \
	$(call program,native)

TOOL_C := $(sort $(wildcard tests/tools/*.c))
define tool_rule
build/$(1)/tests/$(2)$(call exe,$(1)): build/$(1)/obj/tests/tools/$(2).o \
		build/$(1)/libmstmp.a
	@echo "  LINK  $$@"
	@mkdir -p $$(@D)
	@$$(call link,$(1),$$<)
endef
$(foreach h,$(PRODUCT_HOSTS) native asan,\
$(foreach t,$(call for_host,$(h),$(TOOL_C)),\
$(eval $(call tool_rule,$(h),$(basename $(notdir $(t)))))))
tools_of = $(foreach t,$(call for_host,$(1),$(TOOL_C)),\
	build/$(1)/tests/$(basename $(notdir $(t)))$(call exe,$(1)))
# They run on the build machine, whatever host they test; under Wine these.
WIN_TOOLS := matchtree $(patsubst %.c,%,$(notdir $(filter %_win32.c,$(TOOL_C))))
TOOLS := $(call tools_of,linux)

# Fault injection: a library to preload into the native program, the same
# linked into the program under AddressSanitizer, and a small program that
# shows that the harness finds what it is made to find. They define the C
# library's own functions, hence no headers' inline forms of these.
FAULT_CFLAGS := -std=gnu11 -O1 -g $(WARNINGS) -I. -D_GNU_SOURCE \
	-D_LARGEFILE64_SOURCE -U_FORTIFY_SOURCE -fno-builtin
FAULT_WRAP := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
FAULTS := build/fault/shim.so build/fault/standin build/fault/mstmpsweep-asan \
	$(call program,native)

build/fault/shim.so: $(wildcard tests/fault/shim*.[ch])
	@echo "  CC    $@"
	@mkdir -p $(@D)
	@$(CC_native) $(FAULT_CFLAGS) -fPIC -shared -o $@ $(filter %.c,$^)

build/fault/shim-linked.o: $(wildcard tests/fault/shim*.[ch])
	@echo "  CC    $@"
	@mkdir -p $(@D)
	@$(CC_asan) $(FAULT_CFLAGS) -DFAULT_LINKED -c -o $@ $(filter %.c,$^)

build/fault/standin: tests/fault/standin.c
	@echo "  CC    $@"
	@mkdir -p $(@D)
	@$(CC_native) -std=gnu11 -O1 -g $(WARNINGS) -Wno-format-truncation \
		$(POSIX) -o $@ $<

build/fault/mstmpsweep-asan: build/asan/obj/agent/main.o build/asan/libmstmp.a \
		build/fault/shim-linked.o
	@echo "  LINK  $@"
	@$(call link,asan,$(filter %.o,$^)) $(FAULT_WRAP)

FUZZ_C := $(sort $(wildcard tests/fuzz/*_fuzz.c))
FUZZERS := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(FUZZ_C))
$(FUZZERS): build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o build/fuzz/libmstmp.a
	@echo "  LINK  $@"
	@$(call link,fuzz,$<) -fsanitize=fuzzer
fuzz: $(FUZZERS)

# The stand-ins of the PC that is scanned, when they are there.
STANDINS :=
-include tests/standin/standin.mk
CHECK :=
-include tests/windows/windows.mk

.SECONDARY:
-include $(shell find build -name '*.d' -path '*/obj/*' 2>/dev/null)

# --- Goals -----------------------------------------------------------------

demo: all $(call tools_of,linux) $(STANDINS)
	@test -f tests/demo.sh || { echo "demo: there is no tests/demo.sh." >&2; \
		exit 1; }
	@tests/demo.sh

TEST_PIECES = all build/data.ok $(UNITS) $(TOOLS) $(call tools_of,asan) \
	$(foreach h,$(WIN_HOSTS),$(WIN_TOOLS:%=build/$(h)/tests/%.exe)) \
	$(FUZZERS) $(STANDINS) $(FAULTS) $(MUTANTS) $(CHECK:%=%/check.cmd)

# The driver starts make again for some parts; it gets no job slots, since
# the parts run one after the other.
test: $(TEST_PIECES)
	@$(B)/test.sh
test-full: $(TEST_PIECES)
	@MSTMP_FULL=1 $(B)/test.sh

mutants: $(MUTANTS) $(TOOLS) $(STANDINS) $(call program,linux)
	@MSTMP_FULL=1 tests/mutants/run.sh

fuzz-short: $(FUZZERS)
	@$(B)/fuzz.sh

bench: all $(call tools_of,linux) $(STANDINS)
	@test -f tests/bench/run.sh || \
		{ echo "bench: there is no tests/bench/run.sh." >&2; exit 1; }
	@tests/bench/run.sh
	@tests/bench/quick.sh
	@tests/bench/hive.sh

lint: build/gen/embed.h $(GEN_C) \
		$(foreach h,$(PRODUCT_HOSTS),$(call dep_oks,$(h)) \
		build/deps/$(h)/check.ok)
	@$(B)/lint.sh

format:
	@$(B)/lint.sh list | xargs -r clang-format -i

clean:
	rm -rf build
