import FaceVision
import Glibc
import NeuralNet
import Testing
import Threads

@Suite struct YuNetDetectorTests {
    private static let threads = ThreadPool(threads: 2)
    static let weights =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Checkpoints/yunet.onnx"

    private func detector(_ options: YuNetDetector.Options = .init(), threads: ThreadPool = threads) throws
        -> YuNetDetector
    {
        try YuNetDetector(weights: YuNetWeights(path: Self.weights), options: options, threads: threads)
    }

    /// What ONNX Runtime 1.32 computes with the same file, for cell (1, 2) of each stride.
    @Test func computesWhatOnnxruntimeDoes() throws {
        let height = 64, width = 96
        let network = try YuNetWeights(path: Self.weights).network
        let executor = try Executor(
            network.sharingWeights(inputShapes: [[height + 1, width + 1, 3]]), maximumBatch: 1, threads: Self.threads)
        let input = executor.input()
        input.update(repeating: 0, count: (height + 1) * (width + 1) * 3)
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<3 {
                    let value = (x * 7 + y * 13 + c * 50 + (x * y) % 31 * 3) % 256
                    input[((y + 1) * (width + 1) + x + 1) * 3 + c] = Float(value)
                }
            }
        }
        executor.forward(count: 1)
        let expected: [[Float]] = [
            [
                0.1556, -10.3528, 0.2476, 0.5425, 0.5848, 0.6137, -0.3083, -0.1163, 1.0999, -0.1774, 0.448, 0.3686,
                -0.1659, 1.3435, 0.9184, 0.7345,
            ],
            [
                -0.1266, -12.2834, 0.4847, 0.4384, -0.4331, -0.3127, 0.3251, 0.3428, 0.7543, 0.3428, 0.5382, 0.5876,
                0.3968, 0.831, 0.704, 0.835,
            ],
            [
                0.0449, -8.7444, 0.507, 0.7202, 0.7328, 0.7447, -0.041, 0.1533, 0.9667, 0.008, 0.4706, 0.6663, 0.1967,
                0.9603, 0.869, 0.8839,
            ],
        ]
        for (index, stride) in [8, 16, 32].enumerated() {
            let cell = executor.output(index) + (width / stride + 2) * 16
            for channel in 0..<16 {
                #expect(abs(cell[channel] - expected[index][channel]) < 2e-3, "stride \(stride), channel \(channel)")
            }
        }
    }

    @Test(arguments: [(1, 1), (5, 200), (31, 33), (64, 48), (700, 90)])
    func picturesOfAllSizes(width: Int, height: Int) throws {
        let image = ImageFileTests.picture(width: width, height: height, channels: 3)
        for face in try detector(.init(threshold: 0.1, minimumFaceSize: 8)).detect(in: image) {
            #expect(face.box.x >= 0 && face.box.x + face.box.width <= Double(width))
            #expect(face.box.y >= 0 && face.box.y + face.box.height <= Double(height))
            #expect(face.confidence >= 0.1 && face.confidence <= 1)
            #expect(face.landmarks != nil)
        }
    }

    @Test func sameForAnyThreadsAndAnyPicturesBefore() throws {
        let image = ImageFileTests.picture(width: 150, height: 121, channels: 3)
        let eager = YuNetDetector.Options(threshold: 0.1, minimumFaceSize: 8)
        let used = try detector(eager), alone = try detector(eager, threads: ThreadPool(threads: 1))
        let expected = try alone.detect(in: image)
        for size in [(90, 70), (200, 33), (150, 121), (64, 64), (300, 300), (40, 40)] {
            _ = try used.detect(in: ImageFileTests.picture(width: size.0, height: size.1, channels: 3))
            #expect(try used.detect(in: image) == expected)
        }
    }

    @Test func greyIsColourWithEqualChannels() throws {
        let grey = ImageFileTests.picture(width: 80, height: 70, channels: 1)
        let color = Image(width: 80, height: 70, channels: 3, pixels: grey.pixels.flatMap { [$0, $0, $0] })
        let detector = try detector(.init(threshold: 0.1, minimumFaceSize: 8))
        let expected = try detector.detect(in: grey)
        #expect(try detector.detect(in: color) == expected)
    }

    @Test func regionsOutsideHaveNoFaces() throws {
        let image = ImageFileTests.picture(width: 80, height: 70, channels: 3)
        let detector = try detector()
        let all = Rectangle(x: 0, y: 0, width: 80, height: 70)
        let expected = try detector.detect(in: image)
        #expect(try detector.detect(in: image, region: all) == expected)
        #expect(try detector.detect(in: image, region: Rectangle(x: 90, y: 3, width: 50, height: 60)).isEmpty)
    }

    @Test func optionsAndFilesThatDoNotFit() throws {
        #expect(throws: YuNetError.self) { try self.detector(.init(threshold: 0)) }
        #expect(throws: YuNetError.self) { try self.detector(.init(minimumFaceSize: .nan)) }
        #expect(throws: YuNetError.self) { try self.detector(.init(longestSide: 10)) }
        #expect(throws: YuNetError.weightsNotFound(path: "/nowhere/yunet.onnx")) {
            try YuNetWeights(path: "/nowhere/yunet.onnx")
        }
        let error = #expect(throws: YuNetError.self) { try YuNetWeights(path: #filePath) }
        #expect(error?.description.contains("not an ONNX file") == true)
    }

    private static let photo: String = {
        if let path = getenv("FERMUSIC_SHARED_DATA") { return String(cString: path) + "/faces/ivan.jpg" }
        return #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 } + "/shared/data/faces/ivan.jpg"
    }()

    /// The package yuface 2023.5.1 finds the same.
    @Test(.enabled(if: access(photo, R_OK) == 0, "../shared/data/faces is not here"))
    func findsAFaceInAPhotoHoweverDarkAndLarge() throws {
        let image = try ImageFile.read(Self.photo)
        let face = Rectangle(x: 276, y: 88, width: 52, height: 70)
        let detector = try detector()
        let found = try detector.detect(in: image)
        #expect(found.count == 1)
        #expect(try #require(found.first).box.overlap(face) > 0.9)
        let dark = Image(width: image.width, height: image.height, channels: 3, pixels: image.pixels.map { $0 / 10 })
        let inTheDark = try #require(try detector.detect(in: dark).first)
        #expect(inTheDark.box.overlap(face) > 0.8)
        #expect(abs(try #require(found.first?.tilt)) < 15)
        for (turn, tilt) in [(Orientation.turnClockwise, 90.0), (.upsideDown, 180), (.turnCounterclockwise, 270)] {
            // What is not found lying is found by `FaceReader`, which turns the picture.
            guard let lying = try detector.detect(in: image.turned(turn)).first else { continue }
            #expect(lying.tilt == tilt)
        }
        #expect(try detector.score(of: face, in: image) > 0.8)
        #expect(try detector.score(of: Rectangle(x: 10, y: 300, width: 80, height: 80), in: image) == 0)
        let large = image.resized(width: image.width * 4, height: image.height * 4)
        let box = try #require(try detector.detect(in: large).first).box
        let same = Rectangle(x: face.x * 4, y: face.y * 4, width: face.width * 4, height: face.height * 4)
        #expect(box.overlap(same) > 0.8)
    }

    /// A phone's photo of a group: the face a tenth of the picture's height, and smaller, anywhere in it.
    @Test(.enabled(if: access(photo, R_OK) == 0, "../shared/data/faces is not here"))
    func findsSmallFacesInLargePhotos() throws {
        let image = try ImageFile.read(Self.photo)
        // Around the face, 52 x 70 pixels large.
        let part = (x: 216, y: 28, width: 180, height: 190)
        var own: [UInt8] = []
        for y in part.y..<part.y + part.height {
            let start = (y * image.width + part.x) * 3
            own += image.pixels[start..<start + part.width * 3]
        }
        let cut = Image(width: part.width, height: part.height, channels: 3, pixels: own)
        let width = 4000, height = 3000
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width * 3 { pixels[y * width * 3 + x] = UInt8(90 + (x / 3 + y) / 70) }
        }
        var faces: [Rectangle] = []
        for (place, factor) in [((40, 60), 0.8), ((1_220, 1_100), 1), ((2_500, 640), 1.5), ((3_700, 2_700), 1)] {
            let small = cut.resized(width: Int(180 * factor), height: Int(190 * factor))
            for y in 0..<small.height {
                for x in 0..<small.width * 3 {
                    pixels[((place.1 + y) * width + place.0) * 3 + x] = small.pixels[y * small.width * 3 + x]
                }
            }
            faces.append(
                Rectangle(
                    x: Double(place.0) + 60 * factor, y: Double(place.1) + 60 * factor, width: 52 * factor,
                    height: 70 * factor))
        }
        let group = Image(width: width, height: height, channels: 3, pixels: pixels)
        let found = try detector(.init(isHurried: false)).detect(in: group)
        for face in faces { #expect(found.contains { $0.box.overlap(face) > 0.6 }, "\(face)") }
        #expect(found.count == faces.count)
    }

    /// Every face that is small enough lies whole in one of the parts.
    @Test(arguments: [(1281, 700), (4000, 3000), (6000, 800), (12000, 9000), (20000, 300)])
    func partsShowAllFacesWhole(width: Int, height: Int) {
        let search = YuNetParts(width: width, height: height, side: 1280, most: 4)
        #expect(search.parts.count <= 40)
        var random = RandomGenerator(seed: 1)
        for _ in 0..<1000 {
            let side = min(search.largestFace * 0.99, Double(height)) * Double(random.uniform(in: 0.2...1))
            let face = Rectangle(
                x: Double(random.uniform(in: 0...1)) * (Double(width) - side),
                y: Double(random.uniform(in: 0...1)) * (Double(height) - side), width: side, height: side)
            #expect(
                search.parts.contains { part in
                    face.x >= part.x && face.y >= part.y && face.x + face.width <= part.x + part.width
                        && face.y + face.height <= part.y + part.height && search.isWhole(face, in: part)
                })
        }
    }
}
