#!/usr/bin/env bash
# Fails unless the first C++ block of README.md is examples/hello/hello.cpp, of
# at most 30 lines: what readers copy is what CTest builds.
#
# usage: readme_hello.sh <root of the repository>
set -euo pipefail

root=$1
block=$(awk '/^```cpp$/ { inside = 1; next }
             /^```$/ && inside { exit }
             inside' "$root/README.md")
diff <(printf '%s\n' "$block") "$root/examples/hello/hello.cpp"
lines=$(wc -l <"$root/examples/hello/hello.cpp")
if ((lines > 30)); then
  echo "examples/hello/hello.cpp has $lines lines, 30 are promised" >&2
  exit 1
fi
