/// Hands elements on `radius` steps after they came, each with its neighbours on both sides. Holds at most
/// 2·radius + 1 of them.
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

    /// Takes the next element; gives the one that has now seen enough, if any.
    mutating func push(_ element: Element) -> View? {
        window.append(element)
        return window.count - next > radius ? take() : nil
    }

    /// After the last element: what is still waiting, one at a time.
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
