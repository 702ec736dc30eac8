/// Binary max-heap; equal entries are ordered by ascending item.
struct Heap {
    struct Entry: Comparable {
        let value: Double
        let item: Int

        static func < (a: Entry, b: Entry) -> Bool {
            a.value != b.value ? a.value < b.value : a.item > b.item
        }
    }

    private var entries: [Entry]

    init(_ entries: [Entry]) {
        // A descending array is a valid heap.
        self.entries = entries.sorted(by: >)
    }

    var first: Entry? { entries.first }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, entries[(child - 1) / 2] < entries[child] {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popFirst() -> Entry? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < entries.count }
            guard let child = children.max(by: { entries[$0] < entries[$1] }),
                entries[parent] < entries[child]
            else { return first }
            entries.swapAt(parent, child)
            parent = child
        }
    }
}
