/*
 * Strings without a usable literal, and the old keyword that depends on the
 * scan: libyara must see every file.
 * SPDX-License-Identifier: Apache-2.0
 */
rule one_byte { strings: $a = "\x07" condition: #a > 3 }
rule classes { strings: $a = /[A-C][0-3][x-z]/ condition: $a }
rule sparse { strings: $a = { 41 ?? 42 ?? 43 } condition: $a }
rule old_entry { condition: entrypoint > 0x100 }
