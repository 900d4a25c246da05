#!/bin/sh
# Configures and builds this tree in a folder of its own. Usage: packaging/build.sh FOLDER
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:?usage: packaging/build.sh FOLDER}
[ -x "$source"/configure ] || (cd "$source" && autoreconf -fi >/dev/null 2>&1)
mkdir -p "$folder"
cd "$folder"
[ -e Makefile ] || "$source"/configure -q --sysconfdir=/etc --localstatedir=/var
make -s -j"$(nproc)"
