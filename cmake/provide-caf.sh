#!/usr/bin/env bash
# Builds CAF once into a prefix that all later builds share.
#
# usage: provide-caf.sh --cache DIR --variant plain|tsan-*
#                       (--source DIR --version X | --debian --minimum X)
#
# The prefix is <cache>/caf-<version>-<variant>. It appears by a rename when all
# is in place, so an interrupted build leaves nothing that looks like one.
set -euo pipefail

cmake=${CMAKE:-cmake}
cache='' variant='' source='' version='' minimum='' debian=no
while (($#)); do
  case $1 in
    --cache) cache=$2; shift 2 ;;
    --variant) variant=$2; shift 2 ;;
    --source) source=$2; shift 2 ;;
    --version) version=$2; shift 2 ;;
    --minimum) minimum=$2; shift 2 ;;
    --debian) debian=yes; shift ;;
    *) echo "provide-caf: unknown argument: $1" >&2; exit 2 ;;
  esac
done

say() { echo "provide-caf: $*" >&2; }

die() { say "$*"; exit 1; }

# Prints the first mirror of Debian that apt knows of, if any.
debian_mirror() {
  { apt-get "$@" indextargets --format '$(SITE)' 2>/dev/null || true; } \
    | awk '/\/debian\/?$/ && !found { found = $0 } END { print found }'
}

# Downloads the newest source of CAF that Debian has in its experimental suite,
# by a private set of lists: the machine's own sources stay as they are.
# Sets `source` and `version`.
fetch_from_debian() {
  local from=$work/debian site keyring
  command -v apt-get >/dev/null \
    || die "no apt-get here, so no source package of Debian either"
  # The mirror that this machine already uses, whichever that is. Apt names none
  # before it has lists (images of containers come without): lists of our own
  # will do, since the machine's may be root's.
  site=$(debian_mirror)
  if [[ -z $site ]]; then
    mkdir -p "$from"/own/{lists/partial,cache/archives/partial}
    local own=(-o "Dir::State::Lists=$from/own/lists"
      -o "Dir::Cache=$from/own/cache" -o APT::Sandbox::User=root)
    say "updating package lists to learn of a mirror of Debian"
    apt-get -qq "${own[@]}" update >&2 || say "some lists are out of reach"
    site=$(debian_mirror "${own[@]}")
  fi
  [[ -n $site ]] \
    || die "none of this machine's package sources is a mirror of Debian that" \
      "can be reached (Ubuntu's has no CAF of $minimum or newer)"
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [[ -r $keyring ]] || die "$keyring is missing: install debian-archive-keyring"
  mkdir -p "$from"/{lists/partial,cache/archives/partial}
  echo "deb-src [signed-by=$keyring] $site experimental main" \
    >"$from/sources.list"
  # Mirrors that lag behind hold an index whose time is over. Its signature is
  # checked all the same, and any source of that age will do.
  local apt=(apt-get -qq -o Acquire::Check-Valid-Until=false
    -o "Dir::Etc::SourceList=$from/sources.list" -o Dir::Etc::SourceParts=-
    -o "Dir::State::Lists=$from/lists" -o "Dir::Cache=$from/cache"
    -o APT::Sandbox::User=root -o Acquire::Retries=2)
  say "fetching CAF's source from Debian's experimental suite"
  "${apt[@]}" update >&2 || die "the package lists of $site are out of reach"
  # --tar-only: mirrors may lack the packaging part, which is not needed here.
  (cd "$from" \
    && "${apt[@]}" source --tar-only --download-only actor-framework >&2) \
    || die "the source of CAF could not be downloaded from $site"
  local tarball
  tarball=$(find "$from" -maxdepth 1 -name 'actor-framework_*.orig.tar.*' \
    -not -name '*.asc' | head -n 1)
  [[ -n $tarball ]] || die "the source package of CAF holds no tarball"
  version=${tarball##*/actor-framework_}
  version=${version%.orig.tar.*}
  [[ $(printf '%s\n' "$minimum" "$version" | sort -V | head -n 1) \
    == "$minimum" ]] || die "Debian has CAF $version, $minimum is needed"
  source=$work/source
  mkdir -p "$source"
  tar -xf "$tarball" -C "$source" --strip-components=1
}

# Configures, builds and installs `source` below the folder `work`.
build() {
  local prefix=$1 flags='' type=Release openssl=OFF
  if [[ $variant == tsan-* ]]; then
    flags='-fsanitize=thread -fno-omit-frame-pointer'
    type=RelWithDebInfo
  fi
  if pkg-config --exists openssl 2>/dev/null; then openssl=ON; fi
  local options=(-Wno-dev
    "-DCMAKE_BUILD_TYPE=$type"
    "-DCMAKE_CXX_FLAGS=$flags"
    "-DCMAKE_INSTALL_PREFIX=$prefix"
    -DCMAKE_INSTALL_LIBDIR=lib
    '-DCMAKE_INSTALL_RPATH=$ORIGIN'
    -DCAF_ENABLE_EXAMPLES=OFF
    -DCAF_ENABLE_TESTING=OFF
    -DCAF_ENABLE_TOOLS=OFF
    -DCAF_ENABLE_NET_MODULE=OFF
    "-DCAF_ENABLE_OPENSSL_MODULE=$openssl")
  if command -v ninja >/dev/null; then options+=(-G Ninja); fi
  if command -v ccache >/dev/null; then
    options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  "$cmake" -S "$source" -B "$work/build" "${options[@]}" \
    && "$cmake" --build "$work/build" --parallel "$(nproc)" \
    && DESTDIR=$work/stage "$cmake" --install "$work/build"
}

main() {
  [[ -n $cache && -n $variant ]] || die "--cache and --variant are needed"
  mkdir -p "$cache"

  # One build at a time; whoever waited finds the prefix of whoever was first.
  exec 9>"$cache/.lock"
  flock 9

  # Beside the prefixes, because a rename must stay within one file system.
  # Under the lock, what is there was left by a build that was interrupted.
  work=$cache/.build
  rm -rf "$work"
  mkdir "$work"
  trap 'rm -rf "$work"' EXIT

  if [[ $debian == yes ]]; then
    shopt -s nullglob
    for prefix in "$cache"/caf-*-"$variant"; do exit 0; done
    fetch_from_debian
  fi
  [[ -n $source && -n $version ]] || die "--source and --version are needed"
  prefix=$cache/caf-$version-$variant
  [[ ! -e $prefix ]] || exit 0
  say "building CAF $version ($variant) into $prefix; this takes some minutes"
  log=$cache/caf-$version-$variant.log
  if ! build "$prefix" >"$log" 2>&1 9>&-; then
    tail -n 40 "$log" >&2
    die "the build of CAF $version failed, see $log"
  fi
  mv -T "$work/stage$prefix" "$prefix"
}

# Bash has read all of this file before it starts, so that an update of the
# source folder cannot pull it away from under a build.
main; exit
