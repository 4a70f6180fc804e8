# shellcheck shell=bash
# To be sourced: what tests/run and examples/run have in common.

inbox_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Prints the build folder of a preset. A CAF that the environment names has
# folders of its own, so that builds with different versions do not mix.
inbox_build_dir() {
  local named=${CMAKE_PREFIX_PATH:-}:${CAF_ROOT:-}:${CAF_DIR:-}
  local suffix=
  if [[ $named != :: ]]; then
    suffix=-$(cksum <<<"$named" | cut -d ' ' -f 1)
  fi
  echo "$inbox_root/build/$1$suffix"
}

# inbox_lock <build folder>
#
# Waits until no other run uses the folder. The lock is held by file descriptor
# 9 of the shell: close that for a program that may outlive the shell.
inbox_lock() {
  mkdir -p "$1"
  exec 9>"$1/.lock"
  if ! flock -n 9; then
    echo "waiting for another run in ${1#"$PWD/"}" >&2
    flock 9
  fi
}

# inbox_build <preset> <build folder> <option or target>...
#
# Configures and builds with all output on stderr, and as little as possible:
# warnings of CMake, and everything when something fails. Options start with -D.
inbox_build() {
  local preset=$1 dir=$2 log=$2/build.log
  shift 2
  local options=(-DINBOX_CAF_REFUSAL=WARNING) targets=()
  local argument
  for argument; do
    case $argument in
      -D*) options+=("$argument") ;;
      *) targets+=(--target "$argument") ;;
    esac
  done
  mkdir -p "$dir"
  echo "building in ${dir#"$PWD/"}" >&2
  # Presets are looked up in the current folder.
  if ! (cd "$inbox_root" \
    && cmake --preset "$preset" -B "$dir" "${options[@]}") \
    </dev/null >"$log"; then
    echo "the configuration failed, see above and $log" >&2
    return 1
  fi
  if ! cmake --build "$dir" --parallel "$(nproc)" "${targets[@]}" \
    </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    echo "the build failed, see above" >&2
    return 1
  fi
}
