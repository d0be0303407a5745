#!/bin/bash
# A real Blender with a window, newer than this Debian ships, in a folder of its own: setup_blender.sh [SUITE] [DIR]
#   trixie (default): Blender 4.3.2, Python 3.13        sid: Blender 5.2 LTS, Python 3.14
# Needs root (debootstrap and chroot), takes about two minutes and 1.4 GB, mounts nothing. Ready folders are left as they are.
set -euo pipefail
SUITE=${1:-trixie}
REPO=$(cd "$(dirname "$0")/../.." && pwd)
ROOT=${2:-$REPO/.gui/$SUITE}
if [ -x "$ROOT/usr/bin/blender" ] && [ -e "$ROOT/.ready" ]; then echo "$ROOT is ready"; exit 0; fi
[ "$(id -u)" = 0 ] || { echo "setup_blender.sh needs root, because debootstrap and chroot do." >&2; exit 2; }
chroot / true 2>/dev/null || { echo "setup_blender.sh needs chroot, which this container does not allow (CAP_SYS_CHROOT)." >&2; exit 2; }

export DEBIAN_FRONTEND=noninteractive
if ! command -v debootstrap >/dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi
# The mirror this machine's own apt uses, so that proxies and local mirrors keep working.
MIRROR=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null | grep -v security | head -1 || true)
[ -n "$MIRROR" ] || MIRROR=$(awk '/^URIs:/{print $2; exit}' /etc/apt/sources.list.d/debian.sources)
LOG=$ROOT.log
mkdir -p "$(dirname "$ROOT")"
rm -rf "$ROOT"
trap 'echo "setup_blender.sh failed; the end of $LOG:" >&2; tail -15 "$LOG" >&2' ERR
debootstrap --variant=minbase "$SUITE" "$ROOT" "$MIRROR" >"$LOG" 2>&1
for settings in /etc/apt/apt.conf.d/99*; do [ ! -e "$settings" ] || cp "$settings" "$ROOT/etc/apt/apt.conf.d/"; done
cp /etc/resolv.conf /etc/hosts "$ROOT/etc/"
EXTRA=""
[ "$SUITE" != sid ] || EXTRA="python3-cattr mesa-vulkan-drivers"
chroot "$ROOT" apt-get update -qq >>"$LOG" 2>&1
# shellcheck disable=SC2086  # EXTRA is a list of package names
chroot "$ROOT" apt-get install -y -qq --no-install-recommends blender python3-numpy python3-requests python3-zstandard \
  libgl1-mesa-dri libegl1 libegl-mesa0 xvfb xdotool imagemagick fonts-dejavu-core $EXTRA >>"$LOG" 2>&1
rm -rf "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/cache/apt/*
touch "$ROOT/.ready"
chroot "$ROOT" blender --version | head -1
