/// What a heap can order.
protocol HeapElement {
    func comes(before other: Self) -> Bool
}

/// A binary heap: the first element in O(1), adding and removing in O(log n).
struct Heap<Element: HeapElement> {
    private var elements: [Element]

    /// Cost: O(n).
    init(_ elements: [Element]) {
        self.elements = elements
        for index in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    mutating func push(_ element: Element) {
        elements.append(element)
        var index = elements.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard elements[index].comes(before: elements[parent]) else { return }
            elements.swapAt(index, parent)
            index = parent
        }
    }

    /// Adds many at once. Cost: O(n).
    mutating func push(_ new: [Element]) { self = Heap(elements + new) }

    mutating func popFirst() -> Element? {
        guard let first = elements.first else { return nil }
        let last = elements.removeLast()
        if !elements.isEmpty {
            elements[0] = last
            sink(0)
        }
        return first
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var best = index
            let left = 2 * index + 1, right = left + 1
            if left < elements.count, elements[left].comes(before: elements[best]) { best = left }
            if right < elements.count, elements[right].comes(before: elements[best]) { best = right }
            if best == index { return }
            elements.swapAt(index, best)
            index = best
        }
    }
}
