import EmotionRecognition
import Testing

@Suite struct FaceViewTests {
    private let faces = SyntheticFaces(seed: 4).dataset(training: 21, test: 7)

    private func sample(_ data: FaceTrainingData, epoch: Int? = nil) -> [Float] {
        var input = [Float](repeating: -1, count: data.cropSize * data.cropSize)
        var target = [Float](repeating: -1, count: data.targetCount)
        try! data.write(sample: 3, epoch: epoch, input: &input, target: &target)
        return input
    }

    private func pixel(_ row: Int, _ column: Int) -> Float {
        Float(faces.pixels[3 * faces.imageBytes + row * 48 + column]) / 255
    }

    @Test func partsAreCutOutWhereTheyShould() throws {
        var data = try FaceTrainingData(faces, indices: Array(0..<21), cropSize: 40)
        #expect(data.inputShape == [40, 40, 1])
        let places: [(FaceView, Int, Int)] = [
            (.centre, 4, 4), (FaceView(x: 0, y: 0), 0, 0), (FaceView(x: 1, y: 0), 0, 8), (FaceView(x: 0, y: 1), 8, 0),
            (FaceView(x: 1, y: 1), 8, 8),
        ]
        for (view, top, left) in places {
            data.view = view
            let straight = sample(data)
            data.view.isMirrored = true
            let mirrored = sample(data)
            for (row, column) in [(0, 0), (0, 39), (17, 23), (39, 0), (39, 39)] {
                #expect(abs(straight[row * 40 + column] - pixel(top + row, left + column)) < 1e-6)
                #expect(mirrored[row * 40 + 39 - column] == straight[row * 40 + column])
            }
        }
    }

    /// An augmentation that changes nothing gives the centre, whatever the crop.
    @Test(arguments: [48, 44, 32]) func augmentedPartIsTheCentre(_ size: Int) throws {
        var nothing = Augmentation.none
        nothing.zoomRange = 1...1.0000001
        let augmented = try FaceTrainingData(faces, indices: Array(0..<21), cropSize: size, augmentation: nothing)
        let plain = try FaceTrainingData(faces, indices: Array(0..<21), cropSize: size)
        for (a, b) in zip(sample(augmented, epoch: 0), sample(plain)) { #expect(abs(a - b) < 1e-3) }
    }

    @Test func viewsOfTenCropsAreDifferent() {
        #expect(Set(TestTimeAugmentation.tenCrop.views).count == 10)
        #expect(TestTimeAugmentation.flip.views.count == 2)
        #expect(TestTimeAugmentation.none.views == [.centre])
    }
}
