# Shared paths and functions. Sourced by the scripts, not run; the caller sets `root`.

deps="$root/.deps"
libtorch="${DIMORPH_LIBTORCH:-$deps/libtorch/torch}"
torch_version=2.13.0

# Every build uses the same switches: SwiftPM would rebuild everything for others. Program and tests share one release
# build; -enable-testing gives tests access to a module's internal declarations.
swift_switches="-c release --explicit-target-dependency-import-check error -Xswiftc -enable-testing"

# Messages go to standard error: standard output belongs to the program (`--json`).
say() { printf '%s\n' "$*" >&2; }
fail() {
    say "dimorph setup: $*"
    exit 1
}

now() { date +%s; }
size_of() { du -shL "$1" 2>/dev/null | cut -f 1; }
cores() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }
checksum() { if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1; }

# Thread waiting policy and memory pages of the programs, as set and explained in ./dimorph.
memory_and_threads() {
    [ -n "${OMP_WAIT_POLICY:-}" ] || export GOMP_SPINCOUNT="${GOMP_SPINCOUNT:-3000}"
    [ -n "${GLIBC_TUNABLES:-}" ] || export GLIBC_TUNABLES=glibc.malloc.hugetlb=1
}

# Builds one of the programs. SwiftPM warns if FFmpeg is not installed, even for products that do not use it.
build_product() {
    if [ "$1" = dimorph-train ] && ! pkg-config --exists libavcodec 2>/dev/null; then
        say "(Swift's warnings about FFmpeg's libraries can be ignored: $1 uses none.)"
    fi
    # shellcheck disable=SC2086
    (cd "$root" && swift build $swift_switches --product "$1" >&2) || fail "the build failed; see the compiler's messages above."
}

# Finds the Swift toolchain, even if it is installed but not in PATH.
find_swift() {
    for folder in /opt/swift/usr/bin "$HOME/.local/share/swiftly/bin" /usr/local/swift/usr/bin; do
        command -v swift >/dev/null 2>&1 && break
        [ -x "$folder/swift" ] && PATH="$folder:$PATH"
    done
    command -v swift >/dev/null 2>&1 || fail "no Swift found. Install Swift 6.3 (swift.org/install) and run this again."
}
