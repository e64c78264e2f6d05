# What the cases on a real NTFS share: security descriptors, and mounting.
# SPDX-License-Identifier: Apache-2.0

# ---- security descriptors, in hex ---------------------------------------------

le16()
{
	printf '%02x%02x' $(($1 & 255)) $(($1 >> 8))
}

le32()
{
	le16 $(($1 & 65535))
	le16 $(($1 >> 16))
}

# sid S-1-5-…
sid()
{
	local -a part
	local i

	IFS=- read -ra part <<<"$1"
	printf '01%02x%012x' $((${#part[@]} - 3)) "${part[2]}"
	for ((i = 3; i < ${#part[@]}; i++)); do
		le32 "${part[i]}"
	done
}

# ace FLAGS MASK SID: access allowed
ace()
{
	local s

	s=$(sid "$3")
	printf '00%02x' "$1"
	le16 $((8 + ${#s} / 2))
	le32 "$2"
	printf '%s' "$s"
}

# descriptor CONTROL OWNER GROUP ACE...: self-relative; header, DACL, owner,
# group
descriptor()
{
	local control=$1 owner group aces= n

	owner=$(sid "$2")
	group=$(sid "$3")
	shift 3
	n=$#
	aces=$(printf '%s' "$@")
	printf '0x0100'
	le16 "$control"
	le32 $((28 + ${#aces} / 2))
	le32 $((28 + ${#aces} / 2 + ${#owner} / 2))
	le32 0
	le32 20
	printf '0200'
	le16 $((8 + ${#aces} / 2))
	le16 "$n"
	printf '0000%s%s%s' "$aces" "$owner" "$group"
}

# mount_it IMAGE FOLDER OPTIONS
mount_it()
{
	ntfs-3g "$work/$1.img" "$work/$2" -o "$3"streams_interface=windows \
		2>"$work/err"
}

# new_ntfs IMAGE FOLDER OPTIONS: made and mounted; else says why not, and fails
new_ntfs()
{
	local tool

	for tool in mkntfs ntfs-3g setfattr; do
		command -v $tool >/dev/null ||
			{ skip "$tool is not installed"; return 1; }
	done
	truncate -s 64M "$work/$1.img"
	mkntfs -q -Q -F "$work/$1.img" >/dev/null 2>&1
	mkdir "$work/$2"
	mount_it "$@" || { skip "ntfs-3g cannot mount here"; return 1; }
}
