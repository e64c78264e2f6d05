# The check for a real Windows: a folder to copy into a virtual machine.
# Included by cross-build.mk.
# SPDX-License-Identifier: Apache-2.0

CHECK := build/windows-check
CHECK_HITS := $(STANDIN)/mstmp/hits
CHECK_MKPC := build/linux/tests/mkpc

.PHONY: windows-check
windows-check: $(CHECK)/check.cmd

# As cmd.exe and the editors of Windows XP want text.
$(CHECK)/check.cmd: tests/windows/check.cmd tests/windows/README.md \
		$(call program,win32) $(call program,win64) $(STANDIN_DLLS) \
		$(STANDIN)/mstmp/cases.tsv $(CHECK_MKPC) tests/standin/marks.enc
	@echo "  GEN   $(@D)"
	@rm -rf $(@D)
	@mkdir -p $(@D)/files
	@cp $(call program,win32) $(call program,win64) $(@D)
	@cp $(STANDIN_DLLS) $(@D)/files
	@cp $(CHECK_HITS)/monkif_filter_text_and_key/Users/Taro/Documents/a.dll \
		$(@D)/files/mstmp.bin
	@cp $(CHECK_HITS)/monkif_filter_text_and_key/Users/Taro/Documents/b.dll \
		$(@D)/files/long.bin
	@cp $(CHECK_HITS)/nish_classes_and_url/Users/Taro/Documents/a.dll \
		$(@D)/files/advbho.bin
	@$(CHECK_MKPC) mark filter_text tests/standin/marks.enc \
		>$(@D)/files/label.txt
	@sed 's/$$/\r/' tests/windows/README.md >$(@D)/README.txt
	@sed 's/\r*$$/\r/' $< >$@.new
	@mv $@.new $@
