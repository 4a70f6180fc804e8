#!/usr/bin/env bash
# Makes a certificate of an authority that nobody else has, for a test: valid for
# a day. Leaves ca.pem, node.pem and node.key in the folder, and a log.
#
# usage: make_certificates.sh FOLDER
set -euo pipefail

cd "$1"
exec >log 2>&1
new="openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
$new -x509 -days 1 -subj /CN=authority -keyout ca.key -out ca.pem
$new -subj /CN=node -keyout node.key -out node.csr
openssl x509 -req -days 1 -in node.csr -CA ca.pem -CAkey ca.key -set_serial 1 \
  -out node.pem
