import Foundation
import Testing

@testable import Training

/// Limits as the kernel writes them down, from copies of its files.
@Suite("Memory limits")
struct MemoryLimitsTests {
    /// A folder with files of `/proc` and `/sys`, and what the limits leave there.
    private func remaining(_ files: [String: String]) throws -> [Int] {
        let root = FileManager.default.temporaryDirectory.appending(path: "limits-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (name, text) in files {
            let file = root.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return MemoryLimits(root: root).remaining
    }

    private let unified = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
    private let earlier =
        "33 24 0:29 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n"
        + "34 24 0:30 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu\n"

    @Test("of version 2: the group's and those of all groups above it, pages of read files left out")
    func versionTwo() throws {
        let folder = "sys/fs/cgroup/user.slice/session"
        let limits = try remaining([
            "proc/self/cgroup": "0::/user.slice/session/work\n", "proc/self/mountinfo": unified,
            "\(folder)/work/memory.max": "max\n", "\(folder)/work/memory.current": "100\n",
            "\(folder)/memory.max": "1000\n", "\(folder)/memory.current": "900\n",
            "\(folder)/memory.stat": "anon 100\ninactive_anon 7\ninactive_file 600\n",
            "sys/fs/cgroup/user.slice/memory.max": "9000\n",
            "sys/fs/cgroup/user.slice/memory.high": "2000\n",
            "sys/fs/cgroup/user.slice/memory.current": "1500\n",
        ])
        #expect(limits == [700, 500])
    }

    @Test("of version 1: by its own mount, ancestors included")
    func versionOne() throws {
        let limits = try remaining([
            "proc/self/cgroup": "5:cpu:/a\n4:cpuset,memory:/outer/inner\n0::/\n",
            "proc/self/mountinfo": earlier,
            "sys/fs/cgroup/memory/outer/inner/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/memory/outer/inner/memory.usage_in_bytes": "10\n",
            "sys/fs/cgroup/memory/outer/memory.limit_in_bytes": "5000\n",
            "sys/fs/cgroup/memory/outer/memory.usage_in_bytes": "4500\n",
            "sys/fs/cgroup/memory/outer/memory.stat": "inactive_file 1\ntotal_inactive_file 1500\n",
        ])
        #expect(limits == [9_223_372_036_854_771_702, 2000])
    }

    @Test("in a container, which sees its own group as the mount's folder")
    func container() throws {
        let mount = "33 24 0:29 /docker/ab /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
        let files = [
            "proc/self/mountinfo": mount, "sys/fs/cgroup/memory.max": "800\n",
            "sys/fs/cgroup/memory.current": "300\n", "sys/fs/cgroup/job/memory.max": "90\n",
            "sys/fs/cgroup/job/memory.current": "50\n",
        ]
        for (group, expected) in [
            ("/docker/ab", [500]), ("/docker/ab/job", [40, 500]), ("/elsewhere", [500]), ("/../..", [500]),
        ] {
            #expect(try remaining(files.merging(["proc/self/cgroup": "0::\(group)\n"]) { $1 }) == expected)
        }
    }

    @Test("of the process: address space and data, less what it has; unlimited ones are none")
    func process() throws {
        let status = "VmSize:\t    2048 kB\nVmData:\t    1024 kB\n"
        let line = "Max data size             unlimited            unlimited            bytes     \n"
        let limit = "Max address space         4194304              unlimited            bytes     \n"
        #expect(
            try remaining(["proc/self/status": status, "proc/self/limits": line + limit]) == [2 << 20])
        #expect(
            try remaining([
                "proc/self/status": status,
                "proc/self/limits": "Max data size             1048576  2 bytes\n",
            ]) == [0])
        #expect(try remaining([:]).isEmpty)
        #expect(
            try remaining(["proc/self/limits": "Max address space\n", "proc/self/cgroup": "::\nx\n"]).isEmpty)
    }

    @Test("this process's own are counted where memory is planned")
    func own() throws {
        let free = try #require(MainMemory.available)
        #expect(free > 0)
        for limit in MemoryLimits().remaining { #expect(limit >= free - (64 << 20)) }
    }
}
