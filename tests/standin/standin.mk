# The stand-ins: harmless programs and trees for the tests of the packs.
# Included by cross-build.mk.
# SPDX-License-Identifier: Apache-2.0

STANDIN := build/standin

STANDIN_DLLS  := $(STANDIN)/standin32.dll $(STANDIN)/standin64.dll
# Below late32 and late64: system/ for System32, planted/ for beside an exe.
LATE_DLLS     := $(foreach n,32 64,$(foreach d,system/mstmplate.dll \
		 system/mstmpneed.dll planted/mstmpneed.dll,$(STANDIN)/late$(n)/$(d)))
VENDOR_DLL    := $(STANDIN)/vendor32.dll
STANDIN_PACKS := mstmp example-toolbar example-logon example-desktop
STANDIN_TREES := $(STANDIN_PACKS:%=$(STANDIN)/%/cases.tsv)
STANDINS      += $(STANDIN)/mkstandin $(STANDIN_DLLS) $(STANDIN_TREES) \
		 $(VENDOR_DLL) $(LATE_DLLS)

.PHONY: standins
standins: $(STANDINS)

# Runs here whatever the host of the product is.
$(STANDIN)/mkstandin: tests/standin/mkstandin.c tests/standin/body.c \
		tests/standin/folder_posix.c tests/standin/body.h
	@echo "  CC    $@"
	@mkdir -p $(@D)
	@$(CC_native) -std=gnu11 -O1 $(WARNINGS) -o $@ $(filter %.c,$^)

# No C library: what is in the file is ours, and it loads on Windows XP.
STANDIN_DLL_FLAGS := -std=gnu11 -Os $(WARNINGS) -D_WIN32_WINNT=0x0501 \
	-fno-stack-protector -fno-ident -fno-asynchronous-unwind-tables \
	-shared -nostdlib -s -Wl,--no-insert-timestamp

$(STANDIN)/standin32.dll: tests/standin/dll.c tests/standin/dll.def
	@echo "  CC    $@"
	@mkdir -p $(@D)
	@$(CC_win32) $(STANDIN_DLL_FLAGS) -Wl,--kill-at -Wl,--enable-stdcall-fixup \
		-Wl,-e,_DllMainCRTStartup@12 -o $@ $^ -ladvapi32 -lkernel32

# The same with a version resource, as products have one.
$(VENDOR_DLL): tests/standin/dll.c tests/standin/dll.def \
		$(STANDIN)/vendor.res
	@echo "  CC    $@"
	@$(CC_win32) $(STANDIN_DLL_FLAGS) -Wl,--kill-at -Wl,--enable-stdcall-fixup \
		-Wl,-e,_DllMainCRTStartup@12 -o $@ $^ -ladvapi32 -lkernel32

$(STANDIN)/vendor.res: tests/standin/vendor.rc
	@mkdir -p $(@D)
	@$(RC_win32) -O coff -o $@ $<

$(STANDIN)/standin64.dll: tests/standin/dll.c tests/standin/dll.def
	@echo "  CC    $@"
	@mkdir -p $(@D)
	@$(CC_win64) $(STANDIN_DLL_FLAGS) \
		-Wl,-e,DllMainCRTStartup -o $@ $^ -ladvapi32 -lkernel32

define late_rules
$(STANDIN)/late$(1)/system/mstmpneed.dll: LATE := -DLATE_OWN=1
$(STANDIN)/late$(1)/planted/mstmpneed.dll: LATE := -DLATE_OWN=2
$(STANDIN)/late$(1)/%/mstmpneed.dll: tests/standin/late.c
	@echo "  CC    $$@"
	@mkdir -p $$(@D)
	@$$(CC_win$(1)) $$(STANDIN_DLL_FLAGS) -Wl,-e,$(2) $$(LATE) -o $$@ $$^ \
		-lkernel32

$(STANDIN)/late$(1)/system/mstmplate.dll: tests/standin/late.c \
		$(STANDIN)/late$(1)/system/mstmpneed.dll
	@echo "  CC    $$@"
	@$$(CC_win$(1)) $$(STANDIN_DLL_FLAGS) -Wl,-e,$(2) -o $$@ $$^
endef
$(eval $(call late_rules,32,_DllMainCRTStartup@12))
$(eval $(call late_rules,64,DllMainCRTStartup))

$(STANDIN)/mstmp/cases.tsv: tests/standin/mstmp.standins
$(STANDIN)/example-toolbar/cases.tsv: tests/standin/example.standins
$(STANDIN)/example-logon/cases.tsv: tests/standin/logon.standins
$(STANDIN)/example-desktop/cases.tsv: tests/standin/desktop.standins
$(STANDIN_TREES): tests/standin/marks.enc $(STANDIN)/mkstandin $(STANDIN_DLLS)
	@echo "  GEN   $(@D)"
	@rm -rf $(@D)
	@$(STANDIN)/mkstandin make $(filter %.standins,$^) \
		tests/standin/marks.enc $(@D) $(STANDIN_DLLS)
