# Builds the engine with a sanitizer and sets the sanitizers' options. Sourced by Scripts/test; the caller sets `root`,
# `sanitizer` and `folder`.

# The engine needs the sanitizer runtime of the Swift toolchain's clang; g++'s is another one.
clang="$(dirname "$(command -v swift)")/clang++"
[ -x "$clang" ] || fail "no clang++ beside swift; the toolchain from swift.org includes it."
DIMORPH_ENGINE="$root/$folder/engine/libdimorph-engine.so"
CXX=$clang DIMORPH_ENGINE_FLAGS="-fsanitize=$sanitizer -fno-omit-frame-pointer -g1" \
    "$root/Scripts/build-engine" "$DIMORPH_ENGINE"
# Tests that limit address space or measure memory cannot run: a sanitizer reserves terabytes.
DIMORPH_SANITIZER=$sanitizer
export DIMORPH_ENGINE DIMORPH_SANITIZER

findings_folder="$root/$folder/findings"
rm -rf "$findings_folder"
mkdir -p "$findings_folder"

# Each process of a test writes its findings to a separate file.
common="log_path=$findings_folder/report:suppressions=$root/Scripts/sanitizers/$sanitizer.txt"
# No leak detection: LibTorch's registries and Swift's metadata live until the process ends, by design. Allocations that are
# too large return NULL, as without the sanitizer: tests of memory shortage depend on it.
export ASAN_OPTIONS="$common:detect_leaks=0:allocator_may_return_null=1:detect_stack_use_after_return=0"
# Memory that is accessed only by uninstrumented libraries (LibTorch, libgomp, FFmpeg) is ignored: their locks and atomics are
# not intercepted, so that all their accesses would be reported as races.
export TSAN_OPTIONS="$common:ignore_noninstrumented_modules=1:halt_on_error=0:exitcode=66:history_size=4:allocator_may_return_null=1"

if [ "$sanitizer" = thread ]; then
    # ThreadSanitizer does not support contended Swift Mutexes.
    "$clang" -fuse-ld=lld -O1 -fPIC -shared -o "$root/$folder/swift-mutex.so" "$root/Scripts/sanitizers/swift-mutex.c" -ldl ||
        fail "Scripts/sanitizers/swift-mutex.c does not compile."
    LD_PRELOAD="$root/$folder/swift-mutex.so"
    export LD_PRELOAD
fi

# The engine's C interface without Swift: ownership of a sum's buffers when a backward pass throws.
check_engine() {
    # The toolchain's ThreadSanitizer intercepts libdispatch, too, and does not link without it.
    runtime="$(dirname "$clang")/../lib/swift/linux"
    "$clang" -fuse-ld=lld -std=c++20 -g1 -O1 "-fsanitize=$sanitizer" -I "$root/Sources/CTorch/include" \
        "$root/Tests/EngineTests/exchange-ownership.cpp" -o "$root/$folder/exchange-ownership" -ldl \
        -L "$runtime" -Wl,-rpath,"$runtime" -Wl,--no-as-needed -ldispatch -lBlocksRuntime ||
        fail "Tests/EngineTests/exchange-ownership.cpp does not compile."
    OMP_NUM_THREADS=1 "$root/$folder/exchange-ownership" "$DIMORPH_ENGINE" >&2
}

# Counts the findings of all processes and prints each location once.
count_findings() {
    findings=$(cat "$findings_folder"/report.* 2>/dev/null | grep -c -E 'ERROR: AddressSanitizer|WARNING: ThreadSanitizer') || true
    say "Scripts/test: $findings findings of the $sanitizer sanitizer"
    [ "$findings" = 0 ] || cat "$findings_folder"/report.* | grep '^SUMMARY:' | sort | uniq -c >&2
}
