/*
 * Global rules decide for the whole file of rules; in a pack other files are
 * not concerned.
 * SPDX-License-Identifier: Apache-2.0
 */
global private rule not_tiny { condition: filesize > 20 }
global rule has_letter { strings: $a = "prefilter" condition: $a or filename contains "glob" }
rule g_mark { strings: $a = "prefilter-mark-two" condition: $a }
rule g_free { condition: filesize < 100000 }
