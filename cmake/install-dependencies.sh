#!/usr/bin/env bash
# Installs the packages of Debian or Ubuntu that a build needs, if any is
# missing. When all are there, it neither needs the network nor root.
#
# usage: install-dependencies.sh [--tests | --fuzz | --benchmarks]
set -euo pipefail

packages=(
  ca-certificates cmake g++ git ninja-build pkg-config
  libboost-dev libpq-dev libspdlog-dev libsqlite3-dev libssl-dev
  libcli11-dev nlohmann-json3-dev # examples
)
case ${1:-} in
  --tests)
    packages+=(iproute2 libbenchmark-dev libboost-context-dev openssl
      pgbouncer postgresql postgresql-common sqlite3)
    ;;
  --benchmarks)
    packages+=(libbenchmark-dev libboost-context-dev postgresql
      postgresql-common python3)
    ;;
  # Of the versions that the distribution has by default. The symbolizer of the
  # last one gives reports their names.
  --fuzz)
    packages+=(clang libbenchmark-dev libboost-context-dev libclang-rt-dev llvm)
    ;;
esac

say() { echo "install-dependencies: $*" >&2; }

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "neither root nor sudo here, cannot run: $*"
    return 1
  fi
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  say "no apt here; on Debian these packages would be needed: ${packages[*]}"
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
((${#missing[@]})) || exit 0

# The tests start a server of their own. Installing one would otherwise create
# and start another cluster, on the port that applications expect.
no_cluster=/etc/postgresql-common/createcluster.d/caf-inbox.conf
if [[ " ${missing[*]} " == *" postgresql "* && ! -e $no_cluster ]]; then
  as_root mkdir -p "${no_cluster%/*}"
  as_root sh -c "echo create_main_cluster = false >'$no_cluster'"
  trap 'as_root rm -f "$no_cluster"' EXIT
fi

say "installing: ${missing[*]}"
# A list that cannot be updated may be one that is not needed; the installation
# tells. Output goes to stderr, stdout belongs to whatever is run in the end.
as_root apt-get -q update >&2 || say "some package lists are out of reach"
as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
  --no-install-recommends -o DPkg::Lock::Timeout=300 \
  install "${missing[@]}" >&2
