#!/usr/bin/env bash
# The size of a VHD depends on who is said to have written it.
#
# Installs  qemu-utils 7.2 of Debian 12, vhd 1.0.7 (writes VHD), libvhdi-python 20260901 and dissect.hypervisor 3.21 (read
#           it), into a temporary folder.
# Guess     the footer of a VHD has a field for the size of the disk, so every reader sees the same disk.
# Seen      qemu-img believes that field only of some creators ("win ", "qem2", "d2v ", "tap", "CTXS"); of all others
#           it multiplies the geometry beside it, which is whole cylinders only. A disk of 64 MiB by `vhd` (creator "pvhd"):
#             libvhdi 67108864, dissect 67108864, qemu-img 67090432
#           qemu-img convert cuts off the last 17408 bytes, where a GPT keeps its second table, and exits with 0. With four
#           bytes of the footer changed to "win ", and its checksum, the same file has all its bytes. qemu-img 10.0 reads
#           67108864 of both, so the same file gives two disks on two releases of Debian.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
changed() { echo "no longer so: $*"; exit 1; }

apt-get download -qq 'qemu-utils=1:7.2*' libaio1 liburing2 libfuse3-3 libgnutls30 libhogweed6 libnettle8 libnuma1 libglib2.0-0 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check vhd==1.0.7 libvhdi-python==20260901 dissect.hypervisor==3.21
libraries=$(echo usr/lib/*-linux-gnu):$(echo lib/*-linux-gnu)
qemu_img() { LD_LIBRARY_PATH=$libraries ./usr/bin/qemu-img "$@"; }
qemu_img --version | head -1

venv/bin/python - <<'PY' || changed "the other readers see another size"
import struct, pyvhdi, vhd
from dissect.hypervisor.disk.vhd import VHD
vhd.create("disk.vhd", 64)
file = pyvhdi.file()
file.open("disk.vhd")
seen = file.get_media_size(), VHD(open("disk.vhd", "rb")).size
print("libvhdi %d, dissect %d" % seen)
assert seen == (64 << 20, 64 << 20), seen
# The same file, said to be written by Windows.
data = bytearray(open("disk.vhd", "rb").read())
footer = data[-512:]
footer[28:32] = b"win "
footer[64:68] = bytes(4)
footer[64:68] = struct.pack(">I", ~sum(footer) & 0xFFFFFFFF)
open("windows.vhd", "wb").write(data[:-512] + footer)
PY
for name in disk windows; do
  qemu_img convert -f vpc -O raw "$name.vhd" "$name.raw"
  echo "qemu-img, $name.vhd: $(stat -c %s "$name.raw")"
done
[ "$(stat -c %s disk.raw)" = 67090432 ] || changed "qemu-img reads the size of a VHD by \"pvhd\" as others do"
[ "$(stat -c %s windows.raw)" = 67108864 ] || changed "qemu-img does not believe \"win \""
