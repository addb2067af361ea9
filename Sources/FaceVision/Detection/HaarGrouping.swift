/// A rectangle of whole pixels that stands for `neighbors` windows.
package struct GroupedRectangle: Equatable {
    package var x: Int32
    package var y: Int32
    package var width: Int32
    package var height: Int32
    package var neighbors: Int

    package init(x: Int32, y: Int32, width: Int32, height: Int32, neighbors: Int = 1) {
        (self.x, self.y, self.width, self.height, self.neighbors) = (x, y, width, height, neighbors)
    }
}

/// Makes one rectangle of windows that lie close together, as OpenCV's `groupRectangles`.
package enum HaarGrouping {
    /// How far apart the sides of windows of one group may be, as a part of their mean side.
    static let tolerance = 0.2

    /// Groups of more than `minNeighbors` windows, each the mean of its windows, without those inside a larger group
    /// of more windows. With `minNeighbors` 0 the windows themselves.
    ///
    /// Cost: windows are sorted; each is compared with those not much further right.
    package static func group(_ windows: [GroupedRectangle], minNeighbors: Int) -> [GroupedRectangle] {
        guard minNeighbors > 0, !windows.isEmpty else { return windows }
        let groups = means(windows.sorted { ($0.x, $0.y, $0.width) < ($1.x, $1.y, $1.width) })
            .filter { $0.neighbors > minNeighbors }
        return groups.enumerated().filter { index, small in
            !groups.enumerated().contains { $0 != index && covers($1, small) }
        }.map { $0.element }
    }

    private static func means(_ windows: [GroupedRectangle]) -> [GroupedRectangle] {
        var parents = Array(windows.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while parents[index] != index {
                parents[index] = parents[parents[index]]
                index = parents[index]
            }
            return index
        }
        for i in windows.indices {
            let reach = tolerance * Double(windows[i].width + windows[i].height) * 0.5
            var j = i + 1
            while j < windows.count, Double(windows[j].x - windows[i].x) <= reach {
                if areSimilar(windows[i], windows[j]) {
                    let (a, b) = (root(i), root(j))
                    parents[max(a, b)] = min(a, b)
                }
                j += 1
            }
        }
        var sums: [Int: (x: Int, y: Int, width: Int, height: Int, count: Int)] = [:]
        for i in windows.indices {
            var sum = sums[root(i)] ?? (0, 0, 0, 0, 0)
            sum.x += Int(windows[i].x)
            sum.y += Int(windows[i].y)
            sum.width += Int(windows[i].width)
            sum.height += Int(windows[i].height)
            sum.count += 1
            sums[root(i)] = sum
        }
        return sums.sorted { $0.key < $1.key }.map { _, sum in
            let scale = 1 / Float(sum.count)
            func mean(_ value: Int) -> Int32 { Int32((Float(value) * scale).rounded(.toNearestOrEven)) }
            return GroupedRectangle(
                x: mean(sum.x), y: mean(sum.y), width: mean(sum.width), height: mean(sum.height), neighbors: sum.count)
        }
    }

    private static func areSimilar(_ a: GroupedRectangle, _ b: GroupedRectangle) -> Bool {
        let delta = tolerance * Double(min(a.width, b.width) + min(a.height, b.height)) * 0.5
        return Double(abs(a.x - b.x)) <= delta && Double(abs(a.y - b.y)) <= delta
            && Double(abs(a.x + a.width - b.x - b.width)) <= delta
            && Double(abs(a.y + a.height - b.y - b.height)) <= delta
    }

    private static func covers(_ large: GroupedRectangle, _ small: GroupedRectangle) -> Bool {
        let dx = Int32((Double(large.width) * tolerance).rounded(.toNearestOrEven))
        let dy = Int32((Double(large.height) * tolerance).rounded(.toNearestOrEven))
        return small.x >= large.x - dx && small.y >= large.y - dy
            && small.x + small.width <= large.x + large.width + dx
            && small.y + small.height <= large.y + large.height + dy
            && (large.neighbors > max(3, small.neighbors) || small.neighbors < 3)
    }
}
