# targets lists the installations below what it is given.
# SPDX-License-Identifier: Apache-2.0

gives 0 "targets" agent targets "$(hp $pcs)"
for name in KEIRI-PC07 SOUMU-XP3 DESKTOP-TARO; do
	says "targets names $name" $name
done
says "targets names the version" "Windows 7 Professional"
gives 0 "targets as json" agent targets --format json "$(hp $pcs/base-xp)"
says "one target" '"windows_version": "5.1.2600"'
says "one target" '"bits": 32'
mkdir "$work/empty"
gives 0 "no target" agent targets "$(hp "$work/empty")"
says "no target" "No Windows"
