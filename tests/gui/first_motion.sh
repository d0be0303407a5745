#!/bin/bash
# From nothing to the first motion in a real Blender window: first_motion.sh EXTENSION.zip [SUITE] [PYTHON] [PACK.zip]
#   SUITE   trixie (Blender 4.3, Python 3.13) or sid (5.2, Python 3.14), as for setup_blender.sh
#   PYTHON  prefix of a Python 3.11 on this machine, copied into the folder and chosen in the preferences; default: Blender's own
#   PACK    an offline pack; the session then runs in a network namespace without any network
# FIRST_MOTION_DEVICE=CUDA chooses the large packages, where PyTorch's own index, which has the small ones, cannot be reached.
# Downloads the real packages (2.8 GB for CUDA, else 0.3 GB), so it is not part of the tests that run always.
# Prints the times; screenshots and log go to .gui/first-motion-SUITE. Exit code 0 only if every check held.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
ARCHIVE=$1
SUITE=${2:-trixie}
PREFIX=${3:-}
PACK=${4:-}
ROOT=$REPO/.gui/$SUITE
OUTPUT=$REPO/.gui/first-motion-$SUITE
"$HERE/setup_blender.sh" "$SUITE" "$ROOT"

exec 9>"$ROOT.lock"
flock 9  # one session at a time in a folder
WORK=/tmp/first-motion
rm -rf "${ROOT:?}$WORK"
mkdir -p "$ROOT$WORK/resources" "$ROOT$WORK/shots" "$OUTPUT"
cp "$HERE/first_motion_session.py" "$HERE/window.py" "$HERE/probe.py" "$ROOT$WORK/"
cp "$ARCHIVE" "$ROOT$WORK/extension.zip"

# Debian's Python has no pip, which the set-up asks for where it has to download.
if [ -z "$PREFIX$PACK" ] && ! ls "$ROOT"/usr/share/python-wheels/pip-*.whl >/dev/null 2>&1; then
  chroot "$ROOT" apt-get update -qq >/dev/null
  chroot "$ROOT" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-pip-whl >/dev/null
fi
# What this machine needs to reach the package index: its certificates, and wheels that lie on its disk.
SETTINGS=(PIP_DEFAULT_TIMEOUT=180 "FIRST_MOTION_DEVICE=${FIRST_MOTION_DEVICE:-AUTO}")
CERTIFICATES=${PIP_CERT:-${SSL_CERT_FILE:-}}
if [ -n "$CERTIFICATES" ]; then
  cp "$CERTIFICATES" "$ROOT$WORK/certificates.crt"
  SETTINGS+=("PIP_CERT=$WORK/certificates.crt" "SSL_CERT_FILE=$WORK/certificates.crt")
fi
if [ -n "$PREFIX" ]; then
  mkdir -p "$ROOT$PREFIX/lib" "$ROOT$PREFIX/bin"
  cp -a "$PREFIX"/bin/python3* "$ROOT$PREFIX/bin/"
  cp -a "$PREFIX"/lib/libpython3* "$ROOT$PREFIX/lib/" 2>/dev/null || true
  (cd "$PREFIX/lib" && tar cf - --exclude site-packages --exclude test --exclude __pycache__ python3.11) | tar xf - -C "$ROOT$PREFIX/lib"
  SETTINGS+=("FIRST_MOTION_PYTHON=$PREFIX/bin/python3.11")
  if [ -n "${PIP_FIND_LINKS:-}" ]; then
    mkdir -p "$ROOT$WORK/wheels"
    cp "$PIP_FIND_LINKS"/torch-*.whl "$ROOT$WORK/wheels/"
    SETTINGS+=("PIP_FIND_LINKS=$WORK/wheels")
  fi
fi
# PyTorch looks for the processor in /proc and /sys. They are mounted in a namespace of this session's own and end with it.
ISOLATE=(unshare --mount)
if [ -n "$PACK" ]; then
  cp "$PACK" "$ROOT$WORK/pack.zip"
  SETTINGS+=("FIRST_MOTION_PACK=$WORK/pack.zip")
  ISOLATE+=(--net)
fi

DISPLAY_NUMBER=$((60 + RANDOM % 200))
chroot "$ROOT" Xvfb ":$DISPLAY_NUMBER" -screen 0 1280x800x24 -nolisten tcp >/dev/null 2>&1 9>&- &
XVFB=$!
trap 'kill $XVFB 2>/dev/null || true' EXIT
for _ in $(seq 50); do [ -e "$ROOT/tmp/.X11-unix/X$DISPLAY_NUMBER" ] && break; sleep 0.1; done

CODE=0
mkdir -p "$ROOT/proc" "$ROOT/sys"
timeout -s KILL 1800 "${ISOLATE[@]}" bash -c 'mount --bind /proc "$0/proc" && mount --bind /sys "$0/sys" && exec chroot "$0" "$@"' \
  "$ROOT" env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 DISPLAY=":$DISPLAY_NUMBER" \
  LIBGL_ALWAYS_SOFTWARE=1 BLENDER_USER_RESOURCES=$WORK/resources "${SETTINGS[@]}" \
  blender --factory-startup --window-geometry 0 0 1280 800 \
  --python-exit-code 3 --python "$WORK/first_motion_session.py" -- $WORK >"$ROOT$WORK/blender.txt" 2>&1 9>&- || CODE=$?
cp -r "$ROOT$WORK/shots/." "$OUTPUT/"
cp "$ROOT$WORK/blender.txt" "$OUTPUT/"
find "$ROOT$WORK/resources" -name setup.log -exec cp {} "$OUTPUT/" \;
cat "$ROOT$WORK/log.txt" 2>/dev/null || true
HELD=$(grep -c 'all checks held$' "$ROOT$WORK/log.txt" || true)
rm -rf "${ROOT:?}$WORK"  # gigabytes
if [ "$CODE" != 0 ] || [ "$HELD" = 0 ]; then
  echo "The session in the window failed (Blender's exit code $CODE); its output ends:" >&2
  tail -25 "$OUTPUT/blender.txt" >&2
  exit 1
fi
