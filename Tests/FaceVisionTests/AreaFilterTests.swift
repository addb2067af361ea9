import FaceVision
import Testing

@Suite struct AreaFilterTests {
    /// The share of each old pixel in each new one, from the overlap of the intervals.
    private func shares(_ size: Int, _ newSize: Int, _ index: Int) -> [Double] {
        let scale = Double(size) / Double(newSize)
        return (0..<size).map { pixel in
            let begin = max(Double(pixel), Double(index) * scale)
            let end = min(Double(pixel + 1), Double(index + 1) * scale)
            return max(0, end - begin) / scale
        }
    }

    @Test(arguments: [(7, 3), (480, 288), (640, 17), (561, 119), (13, 12), (12, 12), (100, 1), (1, 1)])
    func shrinkingTakesTheMeanOfWhatIsCovered(size: Int, newSize: Int) {
        let filter = AreaFilter(from: size, to: newSize)
        for index in 0..<newSize {
            var found = [Double](repeating: 0, count: size)
            for (tap, place) in (filter.offsets[index]..<filter.offsets[index + 1]).enumerated() {
                found[filter.starts[index] + tap] = Double(filter.weights[place])
            }
            for (a, b) in zip(found, shares(size, newSize, index)) { #expect(abs(a - b) < 1e-4) }
            // Positions of some hundred pixels in single precision are good to 3e-5.
            #expect(abs(found.reduce(0, +) - 1) < 1e-4)
        }
    }

    /// Expected values: TensorFlow 2.21, `tf.image.resize(x, size, method="area")` for x[i] = i^2 in 7 rows of 5.
    @Test(arguments: [
        (3, 2, [31.914282, 58.657139, 264.485718, 346.085693, 754.200012, 890.657165] as [Double]),
        (
            9, 7,
            [
                0.0, 0.6, 1.6, 4.0, 8.000002, 11.799995, 16.000002, 17.857143, 22.742859, 28.028566, 36.142857,
                45.857155, 53.942833, 62.428585,
            ]
        ),
    ])
    func equalsTensorFlow(height: Int, width: Int, expected: [Double]) {
        let rows = AreaFilter(from: 7, to: height), columns = AreaFilter(from: 5, to: width)
        var found: [Double] = []
        for y in 0..<height {
            for x in 0..<width {
                var sum = 0.0
                for (i, v) in (rows.offsets[y]..<rows.offsets[y + 1]).enumerated() {
                    for (j, h) in (columns.offsets[x]..<columns.offsets[x + 1]).enumerated() {
                        let place = Double((rows.starts[y] + i) * 5 + columns.starts[x] + j)
                        sum += Double(rows.weights[v]) * Double(columns.weights[h]) * place * place
                    }
                }
                found.append(sum)
            }
        }
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-4 * max(1, abs(b))) }
    }

    @Test func partsOfAPictureAreThoseOfTheWhole() {
        let image = ImageFileTests.picture(width: 53, height: 37, channels: 3)
        let scaler = AreaScaler(vertical: AreaFilter(from: 37, to: 20), horizontal: AreaFilter(from: 53, to: 31))
        func scale(_ rows: Range<Int>, _ columns: Range<Int>) -> [Float] {
            var scratch = [Float](repeating: .nan, count: AreaScaler.scratchCount(width: 53))
            return [Float](unsafeUninitializedCapacity: rows.count * columns.count * 3) { target, count in
                scaler.scale(
                    image.pixels, rowLength: 53 * 3, rows: rows, columns: columns, scratch: &scratch,
                    to: target.baseAddress!)
                count = target.count
            }
        }
        let whole = scale(0..<20, 0..<31)
        #expect(whole.allSatisfy { (-1...1).contains($0) })
        let part = scale(3..<18, 6..<31)
        for y in 0..<15 {
            for i in 0..<25 * 3 { #expect(part[y * 75 + i] == whole[(y + 3) * 93 + 18 + i]) }
        }
        // Pixels 0...1.7 of 0...1.85 by hand, one channel.
        let rowWeights: [Double] = [1, 0.85], columnWeights: [Double] = [1, 22.0 / 31]
        var sum = 0.0
        for y in 0..<2 {
            for x in 0..<2 { sum += rowWeights[y] * columnWeights[x] * Double(image.pixels[(y * 53 + x) * 3]) }
        }
        let mean = sum / (1.85 * 53 / 31)
        #expect(abs(Double(whole[0]) - (mean - 127.5) / 128) < 1e-5)
    }
}
