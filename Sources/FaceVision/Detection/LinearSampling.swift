/// Bilinear interpolation in whole numbers: sample i is between `first[i]` and the next one, the latter weighing
/// `weight[i]` of 256. As OpenCV's INTER_LINEAR_EXACT.
package struct LinearSampling {
    package let first: [Int32]
    package let weight: [Int32]

    package init(from size: Int, to newSize: Int) {
        let scale = 1 / (Double(newSize) / Double(size))
        var first = [Int32](repeating: 0, count: newSize)
        var weight = [Int32](repeating: 0, count: newSize)
        for index in 0..<newSize {
            let place = scale * (Double(index) + 0.5) - 0.5
            let whole = Int(place.rounded(.down))
            if whole < 0 { continue }
            first[index] = Int32(min(whole, size - 1))
            if whole < size - 1 {
                weight[index] = Int32(((place - Double(whole)) * 256).rounded(.toNearestOrEven))
            }
        }
        self.first = first
        self.weight = weight
    }
}
