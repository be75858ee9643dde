# Sourced by the scripts beside it: set-up, then a quiet build. Nothing is shown but one line, unless it fails.

# build_quietly PRESET TARGET... : configures build/PRESET where needed and builds the targets in it.
build_quietly() {
  local preset=$1 log folder
  shift
  folder="build/$preset"
  scripts/setup
  mkdir -p "$folder"
  log="$folder/build.log"
  local launcher=()
  if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  # `scripts/setup --sqlite` may have chosen another SQLite since.
  if [ ! -f "$folder/build.ninja" ] || [ build/vendor/chosen -nt "$folder/build.ninja" ]; then
    run_logged "$log" cmake --preset "$preset" "${launcher[@]}" || return 1
  fi
  if ninja -C "$folder" -n "$@" 2>/dev/null | tail -n 1 | grep -q 'no work to do'; then return 0; fi
  if [ -t 2 ]; then
    build_with_progress "$log" "$folder" "$@" || return 1
  else
    echo "building $folder ..." >&2
    run_logged "$log" ninja -C "$folder" "$@" || return 1
  fi
}

run_logged() {
  local log=$1
  shift
  if "$@" >"$log" 2>&1; then return 0; fi
  cat "$log" >&2
  echo "failed: $*" >&2
  return 1
}

# Rewrites one line with ninja's own count of steps.
build_with_progress() {
  local log=$1 folder=$2 status=0
  shift 2
  NINJA_STATUS='[%f/%t] ' ninja -C "$folder" "$@" 2>&1 | tee "$log" | while IFS= read -r line; do
    case $line in '['*) printf '\r\033[Kbuilding %s %s' "$folder" "${line%%]*}]" >&2 ;; esac
  done
  status=${PIPESTATUS[0]}
  printf '\r\033[K' >&2
  if [ "$status" -ne 0 ]; then cat "$log" >&2; fi
  return "$status"
}
