#!/usr/bin/env bash
# Converting a RAW image to VHD makes the disk larger.
#
# Installs  qemu-utils 7.2 of Debian 12, unpacked into a temporary folder.
# Guess     a conversion keeps the size of the disk, to the byte: qemu-img does so for qcow2, vmdk, vhdx and vdi.
# Seen      vpc (VHD) alone rounds up to whole cylinders of the old disk geometry, unless force_size=on is given:
#             1 GiB  1073741824 -> 1073995776
#            40 GiB 42949672960 -> 42951106560
#           A 40 GiB disk no longer fits the 40 GB disk that it came from, and a GPT's second header no longer
#           stands in the last sector. `qemu-img compare` calls the two identical and exits with 0.
#           The same in qemu-img 10.0.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

apt-get download -qq 'qemu-utils=1:7.2*' libaio1 liburing2 libfuse3-3 libgnutls30 libhogweed6 libnettle8 libnuma1 libglib2.0-0 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
LD_LIBRARY_PATH=$(echo usr/lib/*-linux-gnu):$(echo lib/*-linux-gnu)
export LD_LIBRARY_PATH
qemu_img() { ./usr/bin/qemu-img "$@"; }
qemu_img --version | head -1

size() { qemu_img info --output=json -f "$1" "$2" | sed -n 's/.*"virtual-size": \([0-9]*\).*/\1/p' | tail -1; }

for gib in 1 40; do
  bytes=$((gib << 30))
  truncate -s "$bytes" disk.raw
  for format in qcow2 vmdk vhdx vdi vpc; do
    qemu_img convert -f raw -O "$format" disk.raw "disk.$format"
    echo "$gib GiB as $format: $(size "$format" "disk.$format")"
    if [ "$format" != vpc ]; then
      [ "$(size "$format" "disk.$format")" = "$bytes" ] || changed "$format changes the size too"
    fi
  done
  if [ "$gib" = 1 ]; then rounded=1073995776; else rounded=42951106560; fi
  [ "$(size vpc disk.vpc)" = "$rounded" ] || changed "a VHD of $gib GiB has another size"
  qemu_img compare -f raw -F vpc disk.raw disk.vpc || changed "compare minds the size"
  qemu_img convert -f raw -O vpc -o force_size=on disk.raw exact.vhd
  [ "$(size vpc exact.vhd)" = "$bytes" ] || changed "force_size=on does not keep the size"
done
