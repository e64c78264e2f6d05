/*
 * Everything that could lead a prefilter astray, for the comparison with
 * plain libyara.  Harmless: the marks are words of this file.
 * SPDX-License-Identifier: Apache-2.0
 */
import "pe"
import "math"
import "hash"

private rule is_mz { condition: uint16(0) == 0x5A4D }

/* ---- no strings ---- */
rule no_string_size { condition: filesize < 40 }
rule no_string_empty { condition: filesize == 0 }
rule no_string_name { condition: filename matches /^[a-c].*\.(txt|dll)$/i }
rule no_string_type { condition: filetype == "EXE" and extension == ".dll" }
rule no_string_path { condition: filepath contains "deep" }
rule no_string_place { condition: place icontains "DEEP" and place != "" }
rule no_string_object { condition: object == "file" and owner == "" and point == "" and view == "" and location == "unknown" }
rule always { condition: true }
rule never { condition: false }
rule pe_stringless { condition: pe.is_pe }
rule pe_sections { condition: pe.number_of_sections > 3 }
rule pe_imports { condition: pe.imports("kernel32.dll") }
rule pe_dll { condition: pe.is_dll() or pe.characteristics & 0x2000 }
rule pe_loop { condition: for any s in pe.sections : ( s.name == ".text" ) }
rule pe_not { condition: not pe.is_pe and filesize > 100 }
rule read_far { condition: uint32(5000) == uint32(5004) }
rule read_end { condition: uint8(filesize - 1) == 0x0A }
rule read_page_edge { condition: uint32(4094) != 0 }
rule read_big { condition: uint32be(0) == 0x7F454C46 or int16be(2) < 0 }
rule read_pe_offset { condition: is_mz and uint32(uint32(0x3C)) == 0x00004550 }
rule math_entropy { condition: filesize > 0 and math.entropy(0, filesize) > 7.0 }
rule math_head { condition: math.mean(0, 16) > 100.0 }
rule hash_of_head { condition: hash.md5(0, 4) == "d41d8cd98f00b204e9800998ecf8427e" or hash.crc32(0, filesize) == 0 }
rule hash_empty { condition: hash.sha256(0, filesize) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }

/* ---- negation and sets ---- */
rule not_string { strings: $a = "prefilter-mark-one" condition: not $a }
rule none_of { strings: $a = "prefilter-mark-one" $b = "prefilter-mark-two" condition: none of them }
rule any_of { strings: $a = "prefilter-mark-one" $b = "prefilter-mark-two" condition: any of them }
rule all_of { strings: $a = "prefilter-mark-one" $b = "prefilter-mark-two" condition: all of them }
rule two_of { strings: $a1 = "prefilter-mark-one" $a2 = "prefilter-mark-two" $a3 = "prefilter-mark-three" condition: 2 of ($a*) }
rule or_size { strings: $a = "prefilter-mark-one" condition: $a or filesize == 17 }
rule and_size { strings: $a = "prefilter-mark-one" condition: $a and filesize > 30 }
rule zero_count { strings: $a = "prefilter-mark-one" condition: #a == 0 }
rule more_than_one { strings: $a = "prefilter-mark" condition: #a > 1 }
rule at_start { strings: $a = "MZ" condition: $a at 0 }
rule at_far { strings: $a = "prefilter" condition: $a at 262140 }
rule in_range { strings: $a = "prefilter-mark-two" condition: $a in (0..100) }
rule offset_compare { strings: $a = "prefilter-mark-one" $b = "prefilter-mark-two" condition: @a < @b }
rule length_of { strings: $a = /prefilter-[a-z]{4,9}-/ condition: !a > 14 }
rule for_loop { strings: $a = "prefilter-mark" condition: for any i in (1..#a) : ( @a[i] > 10 ) }
rule for_of { strings: $a = "prefilter-mark-one" $b = "prefilter-mark-two" condition: for any of them : ( $ at 0 ) }
rule for_all_zero { strings: $a = "prefilter-mark-one" condition: for all i in (1..#a) : ( @a[i] < 1000 ) }
rule none_in_range { strings: $a = "prefilter-mark-one" condition: none of them in (0..10) }

/* ---- modifiers ---- */
rule m_nocase { strings: $a = "PreFilter-NoCase" nocase condition: $a }
rule m_wide { strings: $a = "prefilter-wide" wide condition: $a }
rule m_ascii_wide { strings: $a = "prefilter-both" ascii wide nocase condition: $a }
rule m_fullword { strings: $a = "fullmark" fullword condition: $a }
rule m_fullword_wide { strings: $a = "fullmark" fullword wide condition: $a }
rule m_xor { strings: $a = "prefilter-xored" xor condition: $a }
rule m_xor_range { strings: $a = "prefilter-xored" xor(0x10-0x20) condition: $a }
rule m_xor_wide { strings: $a = "prefilter-xored" xor wide condition: $a }
rule m_xor_both { strings: $a = "xorboth" xor(1-255) ascii wide condition: $a }
rule m_base64 { strings: $a = "prefilter-encoded" base64 condition: $a }
rule m_base64wide { strings: $a = "prefilter-encoded" base64wide condition: $a }
rule m_private { strings: $a = "prefilter-mark-one" private condition: $a }
rule m_escapes { strings: $a = "tab\there\x00nul\\\"" condition: $a }
rule m_long { strings: $a = "this text is a good deal longer than any window that the prefilter keeps of it, and it goes on and on until it is well above one hundred and twenty-eight bytes, which it is now" condition: $a }
rule m_long_wide { strings: $a = "this text is a good deal longer than any window that the prefilter keeps of it, and it goes on" wide condition: $a }

/* ---- short strings ---- */
rule s_two { strings: $a = "q~" condition: $a }
rule s_three { strings: $a = "q~!" condition: $a }
rule s_four { strings: $a = "q~!Q" condition: $a }
rule s_five { strings: $a = "q~!Q%" condition: $a }
rule s_two_wide { strings: $a = "~^" wide condition: $a }
rule s_two_nocase { strings: $a = "z}" nocase condition: $a }
rule s_zeros { strings: $a = { 00 00 00 00 00 00 00 0B } condition: $a }

/* ---- hex ---- */
rule h_plain { strings: $a = { 70 72 65 66 69 6C 74 65 72 2D 68 65 78 } condition: $a }
rule h_wild { strings: $a = { 70 72 65 66 ?? 6C 74 ?5 72 2D 6? 65 78 } condition: $a }
rule h_jump { strings: $a = { 68 65 78 2D [2-6] 2D 6A 75 6D 70 } condition: $a }
rule h_long_jump { strings: $a = { 68 65 78 2D 66 61 72 [300-4000] 2D 6A 75 6D 70 } condition: $a }
rule h_endless { strings: $a = { 68 65 78 2D 66 61 72 [-] 2D 6A 75 6D 70 } condition: $a }
rule h_alternative { strings: $a = { 68 65 78 ( 2D 6F 6E 65 | 2D 74 77 ?? 6F | 00 ) 21 } condition: $a }
rule h_not { strings: $a = { 68 65 78 ~2D 6E 6F 74 } condition: $a }
rule h_sparse { strings: $a = { 71 ?? 7E ?? 21 51 } condition: $a }

/* ---- regular expressions ---- */
rule r_plain { strings: $a = /prefilter-regex-[0-9]{2,4}/ condition: $a }
rule r_nocase { strings: $a = /regex-no(case|body)/i condition: $a }
rule r_wide { strings: $a = /regex-wide[a-z]+x/ wide condition: $a }
rule r_both { strings: $a = /regex-both\.[0-9]/ ascii wide condition: $a }
rule r_alt { strings: $a = /(aaregex|bbregex|ccregex)end/ condition: $a }
rule r_dot { strings: $a = /dots.{3,9}stod/s condition: $a }
rule r_start { strings: $a = /^startmark/ condition: $a }
rule r_end { strings: $a = /endmark$/ condition: $a }
rule r_boundary { strings: $a = /\bboundmark\b/ condition: $a }
rule r_greedy { strings: $a = /greedy.*mark/ condition: $a }
rule r_optional { strings: $a = /optio(nal)?mark/ condition: $a }
rule r_plus { strings: $a = /plu+smark/ condition: $a }
rule r_fullword { strings: $a = /fullregex[0-9]/ fullword condition: $a }
rule r_class { strings: $a = /[pq]refilter-class-[\x80-\xff]/ condition: $a }

/* ---- rules that lean on rules ---- */
private rule hidden { strings: $a = "prefilter-hidden" condition: $a }
rule leans { condition: hidden }
rule leans_not { condition: not hidden and filesize < 60 }
rule leans_both { strings: $a = "prefilter-mark-one" condition: $a and hidden }
rule any_rule { condition: any of (m_*) }
rule mz_and { strings: $a = "prefilter-mark-one" condition: is_mz and $a }
