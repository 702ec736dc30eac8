/// Delays elements by `radius` steps and returns each with its neighbours on both sides. Holds at most 2·radius + 1
/// elements.
struct LookAhead<Element> {
    struct View {
        let elements: [Element]
        let index: Int
        var element: Element { elements[index] }
    }

    let radius: Int
    private var window: [Element] = []
    private var next = 0

    init(radius: Int) {
        self.radius = max(0, radius)
    }

    /// Adds the next element; returns the one whose window is complete, if any.
    mutating func push(_ element: Element) -> View? {
        window.append(element)
        return window.count - next > radius ? take() : nil
    }

    /// Returns the remaining elements after the last one, one per call.
    mutating func drain() -> View? { next < window.count ? take() : nil }

    private mutating func take() -> View {
        if next > radius {
            window.removeFirst(next - radius)
            next = radius
        }
        defer { next += 1 }
        return View(elements: window, index: next)
    }
}
