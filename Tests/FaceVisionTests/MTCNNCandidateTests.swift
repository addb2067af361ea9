import FaceVision
import Randomness
import Testing

@Suite struct MTCNNCandidateTests {
    private func box(_ l: Double, _ t: Double, _ r: Double, _ b: Double, _ score: Float = 0.9) -> MTCNNCandidate {
        MTCNNCandidate(left: l, top: t, right: r, bottom: b, score: score)
    }

    @Test func windowsOfTheFirstStage() {
        // The window at column 3 and row 5 of a level of half the size: pixels 7...18 and 11...22 of it.
        let plain = MTCNNProposals.box(x: 3, y: 5, offsets: [0, 0, 0, 0], scale: 0.5, score: 0.7)
        #expect(plain == box(14, 22, 36, 44, 0.7))
        let moved = MTCNNProposals.box(x: 3, y: 5, offsets: [0.5, -0.5, 1, 2], scale: 0.5, score: 0.7)
        #expect(moved == box(25, 11, 58, 88, 0.7))
    }

    @Test func calibrationCountsBothEdges() {
        var candidate = box(10, 20, 29, 59)  // 20 x 40 pixels
        candidate.calibrate([0.25, -0.25, 0.5, 0.125])
        #expect(candidate == box(15, 10, 39, 64))
    }

    @Test func landmarksAreFractionsOfTheBox() {
        var candidate = box(10, 20, 29, 59)
        candidate.setLandmarks([0, 0.25, 0.5, 0.75, 1, 0, 0.25, 0.5, 0.75, 1])
        #expect(candidate.landmarks == [9, 14, 19, 24, 29, 19, 29, 39, 49, 59])
    }

    @Test func squaresKeepTheCentre() {
        #expect(box(10, 20, 30, 60).square == box(0, 20, 40, 60))
        #expect(box(10, 20, 70, 30).square == box(10, -5, 70, 55))
    }

    @Test func boxesGoEvenIfTheSurerOneGoesItself() {
        // Each overlaps the next by 0.6 of the union, the first and last by 0.33.
        let chain = [box(0, 0, 10, 10, 0.9), box(2.5, 0, 12.5, 10, 0.8), box(5, 0, 15, 10, 0.7)]
        #expect(MTCNNSuppression.apply(chain, threshold: 0.5, overlap: .union) == [chain[0]])
        #expect(MTCNNSuppression.apply(chain, threshold: 0.65, overlap: .union) == chain)
    }

    @Test func smallBoxesInsideLargeOnesGoByTheMinimum() {
        let boxes = [box(0, 0, 100, 100, 0.8), box(40, 40, 50, 50, 0.9)]
        #expect(MTCNNSuppression.apply(boxes, threshold: 0.7, overlap: .minimum) == [boxes[1]])
        #expect(MTCNNSuppression.apply(boxes, threshold: 0.7, overlap: .union) == [boxes[1], boxes[0]])
    }

    @Test func laterOnesOfEqualScoresComeFirst() {
        let boxes = [box(0, 0, 10, 10), box(1, 0, 11, 10), box(50, 0, 60, 10)]
        #expect(MTCNNSuppression.apply(boxes, threshold: 0.5, overlap: .union) == [boxes[2], boxes[1]])
    }

    /// All pairs, without a sweep.
    private func reference(_ boxes: [MTCNNCandidate], _ threshold: Double, minimum: Bool) -> [MTCNNCandidate] {
        let ranked = boxes.sorted { $0.score > $1.score }
        return ranked.indices.filter { i in
            !ranked[..<i].contains { surer in
                let a = Rectangle(
                    x: surer.left, y: surer.top, width: surer.right - surer.left, height: surer.bottom - surer.top)
                let b = Rectangle(
                    x: ranked[i].left, y: ranked[i].top, width: ranked[i].right - ranked[i].left,
                    height: ranked[i].bottom - ranked[i].top)
                let common = a.intersection(b).area
                return (minimum ? common / min(a.area, b.area) : a.overlap(b)) > threshold
            }
        }.map { ranked[$0] }
    }

    @Test(arguments: [(0, 0.5), (1, 0.3), (2, 0.7), (400, 0.5), (400, 0.1)], [false, true])
    func sweepEqualsAllPairs(parameters: (count: Int, threshold: Double), minimum: Bool) {
        var random = RandomGenerator(seed: UInt64(parameters.count))
        let boxes = (0..<parameters.count).map { index -> MTCNNCandidate in
            let x = Double(random.uniform()) * 200, y = Double(random.uniform()) * 100
            let side = 5 + Double(random.uniform()) * 40
            return box(x, y, x + side, y + side * 1.2, Float(index * 7919 % 1000) / 1000)
        }
        let found = MTCNNSuppression.apply(
            boxes, threshold: parameters.threshold, overlap: minimum ? .minimum : .union)
        #expect(found == reference(boxes, parameters.threshold, minimum: minimum))
    }

    @Test func tensorsWithZerosBehindThem() {
        let tensor = MTCNNTensor(shape: [2, 1, 2], values: [1, 2, 3, 4])
        #expect(
            tensor.padded(to: [2, 2, 3])
                == MTCNNTensor(shape: [2, 2, 3], values: [1, 2, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0]))
        #expect(tensor.padded(to: [2, 1, 2]) == tensor)
        let other = MTCNNTensor(shape: [2, 1, 1], values: [5, 6])
        #expect(tensor.joined(other) == MTCNNTensor(shape: [2, 1, 3], values: [1, 2, 5, 3, 4, 6]))
    }

    @Test func regionsInWholePixels() {
        let image = Image(width: 10, height: 8, pixels: .init(repeating: 0, count: 80))
        func part(_ region: Rectangle?) -> [Int]? {
            PixelRectangle(region, in: image).map { [$0.left, $0.top, $0.width, $0.height] }
        }
        #expect(part(nil) == [0, 0, 10, 8])
        #expect(part(Rectangle(x: 1.5, y: 2, width: 3, height: 4.1)) == [1, 2, 4, 5])
        #expect(part(Rectangle(x: -5, y: -5, width: 100, height: 100)) == [0, 0, 10, 8])
        #expect(part(Rectangle(x: 10, y: 0, width: 5, height: 5)) == nil)
        #expect(part(Rectangle(x: 2, y: 2, width: -1, height: 5)) == nil)
        #expect(part(Rectangle(x: .nan, y: 0, width: 5, height: 5)) == nil)
        #expect(part(Rectangle(x: 0, y: 0, width: .infinity, height: 1e300)) == [0, 0, 10, 8])
    }
}
