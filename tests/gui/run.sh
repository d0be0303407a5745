#!/bin/bash
# One session in a real Blender window: run.sh EXTENSION.zip [SUITE] [OUTPUT] [SESSION]
# Starts Xvfb and Blender inside the folder made by setup_blender.sh (made here if it is missing), runs SESSION.py there (default
# panel_session), and copies screenshots and log to OUTPUT (default .gui/output). Exit code 0 only if every check in the session held,
# 77 if this machine cannot have such a Blender.
# The backend of this session is tests/addon/peer.py, run by the folder's own Python: torch is not installed in there.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
ARCHIVE=$1
SUITE=${2:-trixie}
OUTPUT=${3:-$REPO/.gui/output}
SESSION=${4:-panel_session}
ROOT=$REPO/.gui/$SUITE
# 77 says that this machine cannot have one, which is no fault of what is tested; why was printed.
"$HERE/setup_blender.sh" "$SUITE" "$ROOT" || exit 77

exec 9>"$ROOT.lock"
flock 9  # one session at a time in a folder; what is started below must not keep the lock
WORK=/tmp/voice-to-motion-$SUITE  # inside the folder; a session with a real backend makes the same path lead there outside
rm -rf "${ROOT:?}$WORK"
mkdir -p "$ROOT$WORK/resources" "$ROOT$WORK/shots" "$OUTPUT"
cp "$HERE/$SESSION.py" "$HERE/window.py" "$HERE/probe.py" "$HERE/animator.py" "$REPO/tests/addon/peer.py" "$ROOT$WORK/"
cp "$REPO"/tests/addon/{rigs/make.py,rigs/walk_then_wave.npz,smplx/make_model.py} "$ROOT$WORK/"
cp "$ARCHIVE" "$ROOT$WORK/extension.zip"
cp "$REPO/addon/examples/walk_forward_then_wave.ogg" "$ROOT$WORK/instruction.ogg" 2>/dev/null || true

# The add-on starts "PYTHON -m backend serve"; this stands for PYTHON. How the peer behaves is read from a file, so that the
# session can change it between two starts.
cat >"$ROOT$WORK/python" <<END
#!/bin/sh
exec python3 $WORK/peer.py serve "\$(cat $WORK/behaviour)"
END
chmod +x "$ROOT$WORK/python"
echo good >"$ROOT$WORK/behaviour"

# What a session needs outside the folder, such as the trained backend, is a program beside it.
OUTSIDE=""
if [ -e "$HERE/${SESSION%_session}_outside.py" ]; then
  "$REPO/.venv/bin/python" "$HERE/${SESSION%_session}_outside.py" "$ROOT$WORK" "$WORK" >"$ROOT$WORK/outside.txt" 2>&1 9>&- &
  OUTSIDE=$!
  for _ in $(seq 600); do [ -e "$ROOT$WORK/outside.ready" ] && break; sleep 1; done
fi

DISPLAY_NUMBER=$((60 + RANDOM % 2000))
# Displays of other roots on this machine are seen from here too.
while grep -q "X11-unix/X$DISPLAY_NUMBER\$" /proc/net/unix; do DISPLAY_NUMBER=$((60 + RANDOM % 2000)); done
chroot "$ROOT" Xvfb ":$DISPLAY_NUMBER" -screen 0 1280x800x24 -nolisten tcp >/dev/null 2>&1 9>&- &
XVFB=$!
trap 'kill $XVFB $OUTSIDE 2>/dev/null || true' EXIT
for _ in $(seq 50); do [ -e "$ROOT/tmp/.X11-unix/X$DISPLAY_NUMBER" ] && break; sleep 0.1; done

CODE=0
timeout -s KILL 900 chroot "$ROOT" env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 DISPLAY=":$DISPLAY_NUMBER" \
  LIBGL_ALWAYS_SOFTWARE=1 BLENDER_USER_RESOURCES=$WORK/resources VOICE_TO_MOTION_PYTHON=$WORK/python \
  blender --factory-startup --enable-event-simulate --window-geometry 0 0 1280 800 \
  --python-exit-code 3 --python "$WORK/$SESSION.py" -- $WORK >"$ROOT$WORK/blender.txt" 2>&1 9>&- || CODE=$?
cp -r "$ROOT$WORK/shots/." "$OUTPUT/"
cp "$ROOT$WORK/blender.txt" "$OUTPUT/"
[ -z "${VOICE_TO_MOTION_RESULTS:-}" ] || cp "$ROOT$WORK/log.txt" "$VOICE_TO_MOTION_RESULTS/window-$SUITE-$SESSION.txt" || true
cat "$ROOT$WORK/log.txt" 2>/dev/null || true
if [ "$CODE" != 0 ] || ! grep -q 'all checks held$' "$ROOT$WORK/log.txt"; then
  echo "The session in the window failed (Blender's exit code $CODE); its output ends:" >&2
  tail -25 "$ROOT$WORK/blender.txt" >&2
  exit 1
fi
# Whatever else Blender printed comes from us: reports of operators that the session called, and lines of Blender's own, are known.
KNOWN='ould not get a list of mounted|Saved session recovery|Read blend:|^Blender quit$|^$|^(Info|Error|Fehler): |operator +\|'
KNOWN+='|^Reloading( external |: <module .(bl_|keyingsets_|nodeitems_))|^gc\.collect|^Fetch rig|^Clear rig animation|: +[0-9]+\.[0-9]{3}$|not found, sync required!$|lock is already held by this session'
if grep -vE "$KNOWN" "$ROOT$WORK/blender.txt" || grep -E 'Not freed|Traceback' "$ROOT$WORK/blender.txt"; then
  echo "Blender printed the lines above." >&2
  exit 1
fi
# A backend that outlived Blender would still be running the peer, in this folder's root and no other session's. /proc is
# read directly, because a bare machine has no pgrep.
leftover() {
  for process in /proc/[0-9]*; do
    [ "$process/root" -ef "$ROOT" ] && grep -qsa 'peer\.py' "$process/cmdline" && return 0
  done
  return 1
}
for _ in $(seq 10); do leftover || exit 0; sleep 0.5; done
echo "A backend outlived Blender." >&2
exit 1
