#!/usr/bin/env bash
# Nothing recognises a fixed VHD, so its footer becomes part of the disk.
#
# Installs  qemu-utils 7.2 of Debian 12 and oslo.utils 10.2.0 (what Glance and Nova inspect images with), into a temporary folder.
# Guess     what qemu-img has written, qemu-img recognises; a dynamic VHD it does.
# Seen      a fixed VHD (the form that Azure asks for) has its only mark in the last 512 bytes, where nobody
#           looks: `qemu-img info` says raw, 512 bytes larger than the disk; `qemu-img convert` without `-f vpc` copies the
#           footer into the new disk and exits with 0. oslo.utils says gpt where the disk has a GPT, and its virtual size
#           is what it has read so far: 262144 bytes of a disk of 67108864.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

apt-get download -qq 'qemu-utils=1:7.2*' libaio1 liburing2 libfuse3-3 libgnutls30 libhogweed6 libnettle8 libnuma1 libglib2.0-0 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check oslo.utils==10.2.0 cryptography
libraries=$(echo usr/lib/*-linux-gnu):$(echo lib/*-linux-gnu)
qemu_img() { LD_LIBRARY_PATH=$libraries ./usr/bin/qemu-img "$@"; }
qemu_img --version | head -1

# A disk of 64 MiB with the protective record of a GPT.
venv/bin/python - <<'PY'
import struct
with open("disk.raw", "wb") as disk:
    disk.truncate(64 << 20)
    disk.seek(446)
    disk.write(struct.pack("<B3sB3sII", 0, bytes([0, 2, 0]), 0xEE, bytes([255] * 3), 1, (64 << 11) - 1))
    disk.seek(510)
    disk.write(b"\x55\xaaEFI PART")
PY
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

venv/bin/python - <<'PY' || changed "oslo.utils sees the VHD"
import logging
from oslo_utils.imageutils import format_inspector
logging.disable()
seen = {}
for name in ("dynamic.vhd", "fixed.vhd"):
    found = format_inspector.detect_file_format(name)
    seen[name] = (str(found), found.virtual_size)
    print("oslo.utils:", name, *seen[name])
assert seen == {"dynamic.vhd": ("vhd", 64 << 20), "fixed.vhd": ("gpt", 262144)}, seen
PY
