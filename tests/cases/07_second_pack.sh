# A pack for a made-up outbreak at other extension points works with the same
# program, and the built-in pack finds nothing of it.
# SPDX-License-Identifier: Apache-2.0

pc=$pcs/kanban-win10
gives 1 "scan with the second pack" agent scan --root "$(hp "$pc")" \
	--db "$(hp "$work/k.db")" --pack "$(hp signatures/example-toolbar)"
says "the report names the pack and that it is not signed" "example-toolbar"
says "the report says that the pack is not signed" "UNSIGNED"
findings "$work/k.db" >"$work/got.tsv"
printf 'malicious\tC:\\Users\\Taro\\AppData\\Roaming\\KanbanBar\\kanban.dll\t%s\n' \
	kanban_place,kanban_program,kanban_protocol,kanban_search_hook,kanban_settings_place,kanban_toolbar \
	>"$work/want.tsv"
same "one finding with all that belongs to it" "$work/want.tsv" "$work/got.tsv"
gives 0 "the built-in pack finds nothing there" agent scan \
	--root "$(hp "$pc")" --db "$(hp "$work/m.db")"
