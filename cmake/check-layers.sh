#!/usr/bin/env bash
# Fails when a layer includes what it must not know, naming file and line.
#
# usage: check-layers.sh <root> <layer> [<layer it may include>...]
#
# Inside the project an include is relative to the including file. The form
# <inbox/...> belongs to applications: here it would hide which layer is meant,
# and would pick up an installed copy of the library instead of the source.
set -euo pipefail

if (($# < 2)); then
  echo "usage: $0 <root> <layer> [<layer it may include>...]" >&2
  exit 2
fi
root=$1
layer=$2
shift 2

cd "$root"
find "$layer" -type f \( -name '*.hpp' -o -name '*.cpp' \) -print0 \
  | sort -z \
  | xargs -0 -r awk -v layer="$layer" -v may="$layer $*" '
    # Resolves "." and ".." in a path that is relative to the root.
    function normal(path, parts, count, i, depth, kept, result) {
      count = split(path, parts, "/")
      depth = 0
      for (i = 1; i <= count; ++i) {
        if (parts[i] == "" || parts[i] == ".")
          continue
        if (parts[i] == ".." && depth > 0 && kept[depth] != "..")
          --depth
        else
          kept[++depth] = parts[i]
      }
      result = kept[1]
      for (i = 2; i <= depth; ++i)
        result = result "/" kept[i]
      return result
    }

    function complain(text) {
      printf "%s:%d: error: %s\n", FILENAME, FNR, text > "/dev/stderr"
      bad = 1
    }

    BEGIN {
      count = split(may, names, " ")
      for (i = 1; i <= count; ++i)
        allowed[names[i]] = 1
      hint = "data flows messages <- storage <- actors <- nodes"
    }

    /^[ \t]*#[ \t]*include[ \t]*</ {
      name = $0
      sub(/^[^<]*</, "", name)
      sub(/>.*$/, "", name)
      if (name ~ /^inbox\//)
        complain("<" name ">: includes inside the project are relative")
    }

    /^[ \t]*#[ \t]*include[ \t]*"/ {
      name = $0
      sub(/^[^"]*"/, "", name)
      sub(/".*$/, "", name)
      folder = FILENAME
      sub(/\/[^\/]*$/, "", folder)
      top = name
      if (name ~ /^\.\.?\//)
        top = normal(folder "/" name)
      sub(/\/.*$/, "", top)
      if (name ~ /^\.\.?\//) {
        if (!(top in allowed))
          complain(layer "/ must not include \"" name "\": " hint)
      } else if (top ~ /^(inbox|messages|storage|actors|nodes)$/ \
                 && (getline line < (folder "/" name)) < 0) {
        # Neither beside this file nor from another library, such as "caf/...".
        complain("\"" name "\": includes inside the project are relative")
      }
    }

    END { exit bad }
  '
