import FaceVision
import Testing

@Suite struct MTCNNPyramidTests {
    /// What mtcnn 1.0.0 resizes to with its default options.
    @Test(arguments: [
        (
            640, 480,
            [
                [288, 384], [204, 272], [144, 193], [102, 136], [72, 97], [51, 68], [36, 48], [25, 34], [18, 24],
                [13, 17],
            ]
        ),
        (561, 561, [336, 238, 169, 119, 85, 60, 42, 30, 21, 15].map { [$0, $0] }),
        (199, 148, [[88, 119], [62, 84], [44, 60], [31, 42], [22, 30], [15, 21]]),
    ])
    func sizesOfThePackage(width: Int, height: Int, sizes: [[Int]]) {
        let levels = MTCNNPyramid.levels(height: height, width: width, minimumFaceSize: 20, factor: 0.709)
        #expect(levels.map { [$0.height, $0.width] } == sizes)
        #expect(levels.first?.scale == 0.6)
    }

    @Test func goesDownToOneWindowForEveryMinimum() {
        for minimum in [8.0, 20, 33, 60, 479] {
            let levels = MTCNNPyramid.levels(height: 480, width: 640, minimumFaceSize: minimum, factor: 0.709)
            #expect(levels.allSatisfy { min($0.height, $0.width) >= 12 })
            #expect(levels.last.map { $0.scale * 0.709 * 480 < 12 } == true, "\(minimum)")
        }
        #expect(MTCNNPyramid.levels(height: 480, width: 640, minimumFaceSize: 481, factor: 0.709).isEmpty)
        #expect(MTCNNPyramid.levels(height: 1, width: 1, minimumFaceSize: 20, factor: 0.709).isEmpty)
    }

    @Test(arguments: [4, 8, 48]) func tilesGiveEachResultOnceAndNeverOneThatTheCutChanges(largest: Int) {
        for size in 12...400 {
            let tiling = MTCNNTiling(size: size, largest: largest)
            // conv 3, pool 2 with a last cell cut short, conv 3, conv 3
            #expect(tiling.outputs == (size - 2 + 1) / 2 - 4)
            #expect(tiling.tileOutputs == (tiling.tileSize - 2 + 1) / 2 - 4)
            #expect(tiling.tileOutputs <= largest)
            #expect(tiling.tileSize % 2 == size % 2)
            var next = 0
            for index in 0..<tiling.tiles {
                let start = tiling.start(index), owned = tiling.owned(index)
                #expect(owned.lowerBound == next && owned.lowerBound >= start)
                #expect(2 * start + tiling.tileSize <= size)
                let isLast = 2 * start + tiling.tileSize == size
                #expect(owned.upperBound <= start + tiling.tileOutputs - (isLast ? 0 : size % 2))
                next = owned.upperBound
            }
            #expect(next == tiling.outputs, "size \(size)")
        }
    }
}
