#!/usr/bin/env bash
# qemu-img does not recognise a fixed VHD, so its footer becomes part of the disk.
#
# Installs  qemu-utils 7.2 of Debian 12, unpacked into a temporary folder.
# Guess     what qemu-img has written, qemu-img recognises; a dynamic VHD it does.
# Seen      a fixed VHD (the form that Azure asks for) has its only mark in the last 512 bytes, where nobody
#           looks: `qemu-img info` says raw, 512 bytes larger than the disk; `qemu-img convert` without `-f vpc` copies the
#           footer into the new disk and exits with 0: a disk of 67108864 bytes becomes one of 67109376.
# Avoid     `-f vpc`, always.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

apt-get download -qq 'qemu-utils=1:7.2*' libaio1 liburing2 libfuse3-3 libgnutls30 libhogweed6 libnettle8 libnuma1 libglib2.0-0 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
libraries=$(echo usr/lib/*-linux-gnu):$(echo lib/*-linux-gnu)
qemu_img() { LD_LIBRARY_PATH=$libraries ./usr/bin/qemu-img "$@"; }
qemu_img --version | head -1

truncate -s 64M disk.raw
qemu_img convert -f raw -O vpc -o force_size=on disk.raw dynamic.vhd
qemu_img convert -f raw -O vpc -o subformat=fixed,force_size=on disk.raw fixed.vhd

look() { qemu_img info "$1" | sed -n 's/^file format: //p; s/^virtual size: .*(\(.*\))$/\1/p' | paste -sd ' '; }
echo "dynamic: $(look dynamic.vhd)"
echo "fixed:   $(look fixed.vhd)"
[ "$(look dynamic.vhd)" = "vpc 67108864 bytes" ] || changed "qemu-img says something else of a dynamic VHD"
[ "$(look fixed.vhd)" = "raw 67109376 bytes" ] || changed "qemu-img recognises a fixed VHD"

qemu_img convert -O raw fixed.vhd back.raw
echo "converted back: $(stat -c %s back.raw) bytes, the last 512 begin with $(tail -c 512 back.raw | head -c 8)"
[ "$(tail -c 512 back.raw | head -c 8)" = conectix ] || changed "the footer is not copied into the disk"

qemu_img convert -f vpc -O raw fixed.vhd right.raw
echo "with -f vpc: $(stat -c %s right.raw) bytes"
[ "$(stat -c %s right.raw)" = 67108864 ] || changed "-f vpc does not help"
