import Foundation

/// Memory limits of this process: control groups (both versions, with all ancestors) and resource limits
/// (`ulimit -v`, `ulimit -d`).
struct MemoryLimits {
    /// Root of the kernel's files; tests pass a folder with copies.
    private let root: URL

    init(root: URL = URL(filePath: "/")) { self.root = root }

    /// Remaining bytes under each limit.
    var remaining: [Int] { groupLimits + processLimits }

    /// Remaining growth of the address space (RLIMIT_AS) and of the data (RLIMIT_DATA: heap and private
    /// mappings).
    private var processLimits: [Int] {
        let status = text("proc/self/status")
        return Self.limits(in: text("proc/self/limits")).compactMap { name, limit in
            MainMemory.field(name, in: status).map { max(0, limit - $0) }
        }
    }

    /// Soft limits by the field of `/proc/self/status` that they restrict, from lines such as `Max address
    /// space         2147483648           unlimited            bytes`.
    static func limits(in text: String) -> [(field: String, bytes: Int)] {
        [("Max address space", "VmSize"), ("Max data size", "VmData")].compactMap { title, field in
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(title) }),
                let words = line.dropFirst(title.count).split(separator: " ").first,
                let bytes = Int(words)
            else { return nil }
            return (field, bytes)
        }
    }

    private var groupLimits: [Int] {
        let mounts = ControlGroupMount.all(in: text("proc/self/mountinfo"))
        return text("proc/self/cgroup").split(separator: "\n").flatMap { line -> [Int] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            // Version 2 has one line, `0::/path`; version 1 has one for each set of controllers.
            let isUnified = parts[0] == "0" && parts[1].isEmpty
            guard isUnified || parts[1].split(separator: ",").contains("memory"),
                let mount = mounts.first(where: { $0.isUnified == isUnified })
            else { return [] }
            return mount.folders(of: String(parts[2])).compactMap { folder in
                isUnified ? unified(folder) : earlier(folder)
            }
        }
    }

    /// Remaining bytes of a version 2 group: up to its limit, or up to the value from which the kernel
    /// throttles it.
    private func unified(_ folder: String) -> Int? {
        let (used, statistics) = (text("\(folder)/memory.current"), text("\(folder)/memory.stat"))
        return ["memory.max", "memory.high"].compactMap {
            Self.free(
                limit: text("\(folder)/\($0)"), used: used, statistics: statistics, idle: "inactive_file")
        }.min()
    }

    /// Remaining bytes of a version 1 group.
    private func earlier(_ folder: String) -> Int? {
        Self.free(
            limit: text("\(folder)/memory.limit_in_bytes"), used: text("\(folder)/memory.usage_in_bytes"),
            statistics: text("\(folder)/memory.stat"), idle: "total_inactive_file")
    }

    /// Page-cache pages that were read once count as used but are reclaimable: they are treated as free.
    ///
    /// - Parameter idle: name of the statistics line that counts these pages.
    static func free(limit: String, used: String, statistics: String, idle: String) -> Int? {
        func number(_ text: some StringProtocol) -> Int? {
            Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        guard let limit = number(limit), let used = number(used) else { return nil }
        let line = statistics.split(separator: "\n").first { $0.hasPrefix("\(idle) ") }
        let pages = line.flatMap { number($0.dropFirst(idle.count + 1)) } ?? 0
        return max(0, limit - max(0, used - pages))
    }

    private func text(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }
}

/// A mount point of the control-group file system.
struct ControlGroupMount: Equatable {
    /// Whether it is version 2.
    let isUnified: Bool
    /// The group at the mount's root, and the mount's folder without the leading slash.
    let group: String
    let folder: String

    /// Mounts with the memory controller, from lines such as `33 24 0:28 /docker/ab /sys/fs/cgroup/memory
    /// rw,nosuid shared:9 - cgroup cgroup rw,memory`.
    static func all(in text: String) -> [ControlGroupMount] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let dash = words.firstIndex(of: "-"), dash + 3 < words.count, dash > 4 else { return nil }
            let isUnified = words[dash + 1] == "cgroup2"
            guard isUnified || words[dash + 3].split(separator: ",").contains("memory") else { return nil }
            guard isUnified || words[dash + 1] == "cgroup" else { return nil }
            return ControlGroupMount(
                isUnified: isUnified, group: words[3], folder: String(words[4].drop { $0 == "/" }))
        }
    }

    /// Folders of a group and of all visible ancestors, innermost first.
    func folders(of path: String) -> [String] {
        // In a container the process's group may be the mount's root, under a path that exists on the host
        // only.
        let isBelow = group == "/" || path == group || path.hasPrefix(group + "/")
        var names = (isBelow ? path.dropFirst(group == "/" ? 0 : group.count) : "").split(separator: "/")
        if names.contains("..") { names = [] }
        return (0...names.count).reversed().map {
            ([folder] + names.prefix($0).map(String.init)).joined(separator: "/")
        }
    }
}
