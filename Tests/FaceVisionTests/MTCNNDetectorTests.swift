import FaceVision
import Glibc
import Testing
import Threads

@Suite struct MTCNNDetectorTests {
    private static let threads = ThreadPool(threads: 2)

    /// A detector that finds much, since its networks are random.
    private func detector(_ options: MTCNNDetector.Options? = nil, threads: ThreadPool = threads) throws
        -> MTCNNDetector
    {
        let eager = MTCNNDetector.Options(thresholds: .init(proposal: 0.5, refinement: 0.3, output: 0.2))
        return try MTCNNDetector(
            weights: MTCNNFiles.randomWeights(seed: 11).weights, options: options ?? eager, threads: threads)
    }

    @Test(arguments: [(1, 1), (5, 200), (19, 300), (20, 20), (64, 48), (131, 90), (150, 121)])
    func picturesOfAllSizes(width: Int, height: Int) throws {
        let image = ImageFileTests.picture(width: width, height: height, channels: 3)
        let faces = try detector().detect(in: image)
        #expect(min(width, height) >= 20 || faces.isEmpty)
        #expect(width < 150 || !faces.isEmpty)
        for face in faces {
            #expect(face.box.x >= 0 && face.box.x + face.box.width <= Double(width - 1))
            #expect(face.box.y >= 0 && face.box.y + face.box.height <= Double(height - 1))
            #expect(face.confidence > 0.2 && face.confidence <= 1)
            #expect(face.landmarks != nil)
        }
        #expect(zip(faces, faces.dropFirst()).allSatisfy { $0.confidence >= $1.confidence })
    }

    @Test func sameForAnyThreadsAndAnyPicturesBefore() throws {
        let image = ImageFileTests.picture(width: 150, height: 121, channels: 3)
        let used = try detector(), alone = try detector(threads: ThreadPool(threads: 1))
        let expected = try alone.detect(in: image)
        #expect(!expected.isEmpty)
        for size in [(90, 70), (200, 33), (150, 121), (64, 64)] {
            _ = try used.detect(in: ImageFileTests.picture(width: size.0, height: size.1, channels: 3))
            #expect(try used.detect(in: image) == expected)
        }
    }

    @Test func greyIsColourWithEqualChannels() throws {
        let grey = ImageFileTests.picture(width: 80, height: 70, channels: 1)
        let color = Image(width: 80, height: 70, channels: 3, pixels: grey.pixels.flatMap { [$0, $0, $0] })
        let detector = try detector()
        let faces = try detector.detect(in: grey)
        #expect(!faces.isEmpty)
        #expect(try detector.detect(in: color) == faces)
    }

    @Test func regionOfTheWholePictureChangesNothing() throws {
        let image = ImageFileTests.picture(width: 80, height: 70, channels: 3)
        let detector = try detector()
        let all = Rectangle(x: 0, y: 0, width: 80, height: 70)
        #expect(try detector.detect(in: image, region: all) == detector.detect(in: image))
        #expect(try detector.detect(in: image, region: Rectangle(x: 3, y: 3, width: 19, height: 60)).isEmpty)
        #expect(try detector.detect(in: image, region: Rectangle(x: 90, y: 3, width: 50, height: 60)).isEmpty)
    }

    @Test func optionsThatMakeNoSense() throws {
        func message(_ options: MTCNNDetector.Options) throws -> String {
            do {
                _ = try detector(options)
                return "no error"
            } catch let error as MTCNNError {
                return "\(error)"
            }
        }
        #expect(
            try message(.init(minimumFaceSize: 3))
                == "MTCNN: minimumFaceSize must be from 8 to 100000 pixels, received 3.0")
        #expect(try message(.init(scaleFactor: 1)) == "MTCNN: scaleFactor must be from 0.1 to 0.9, received 1.0")
        #expect(try message(.init(scaleFactor: .nan)) == "MTCNN: scaleFactor must be from 0.1 to 0.9, received nan")
        #expect(
            try message(.init(thresholds: .init(output: 1.5)))
                == "MTCNN: thresholds.output must be from 0 to 1, received 1.5")
        #expect(try message(.init()) == "no error")
    }
}

/// The package's weights on photos, if both are at hand.
@Suite struct MTCNNRealDataTests {
    private static let folder: String = {
        if let path = getenv("FERMUSIC_SHARED_DATA") { return String(cString: path) + "/faces" }
        return #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 } + "/shared/data/faces"
    }()
    private static let isPresent =
        access(MTCNNWeights.location().path, R_OK) == 0 && access("\(folder)/ivan.jpg", R_OK) == 0
    private static let absence: Comment =
        "MTCNN weights (Scripts/convert-mtcnn) or photos (FERMUSIC_SHARED_DATA) are not at hand"

    private struct Expected {
        var box: Rectangle
        var confidence: Double
        /// Five x, five y.
        var landmarks: [Double]
    }

    /// mtcnn 1.0.0 with TensorFlow 2.21 on ivan.jpg as Pillow decodes it.
    private static let ivan = [
        Expected(
            box: Rectangle(x: 278.073, y: 88.644, width: 48.925, height: 66.655), confidence: 0.99715,
            landmarks: [290.72, 313.92, 303.589, 296.015, 313.273, 115.993, 113.361, 130.663, 142.594, 140.502]),
        Expected(
            box: Rectangle(x: 8.384, y: 71.159, width: 36.953, height: 43.529), confidence: 0.85469,
            landmarks: [20.25, 35.871, 28.327, 22.862, 36.456, 87.301, 84.423, 92.947, 104.006, 101.988]),
    ]

    /// The same on ivan.jpg beside its mirror image.
    private static let twoIvans = [
        Expected(
            box: Rectangle(x: 276.006, y: 91.494, width: 50.393, height: 63.745), confidence: 1,
            landmarks: [290.148, 314.136, 304.107, 296.091, 313.291, 116.338, 114.228, 130.553, 142.16, 140.994]),
        Expected(
            box: Rectangle(x: 795.953, y: 87.538, width: 46.375, height: 67.864), confidence: 0.989,
            landmarks: [807.313, 830.341, 817.688, 808.163, 824.752, 113.693, 116.621, 130.366, 141.144, 142.909]),
        Expected(
            box: Rectangle(x: 8.431, y: 71.207, width: 36.915, height: 43.448), confidence: 0.859,
            landmarks: [20.334, 35.935, 28.425, 22.951, 36.53, 87.378, 84.509, 93.013, 104.033, 102.027]),
    ]

    private func check(_ faces: [DetectedFace], _ expected: [Expected]) throws {
        try #require(faces.count == expected.count)
        for (face, expected) in zip(faces, expected) {
            #expect(face.box.overlap(expected.box) >= 0.99)
            #expect(abs(face.confidence - expected.confidence) < 0.005)
            let points = try #require(face.landmarks)
            let all = [points.leftEye, points.rightEye, points.nose, points.mouthLeft, points.mouthRight]
            for (index, point) in all.enumerated() {
                let error = hypot(point.x - expected.landmarks[index], point.y - expected.landmarks[index + 5])
                #expect(error < 0.02 * expected.box.width)
            }
        }
    }

    private func makeDetector() throws -> MTCNNDetector {
        try MTCNNDetector(weights: MTCNNWeights(), threads: ThreadPool())
    }

    @Test(.enabled(if: isPresent, absence)) func facesOfThePackage() throws {
        let image = try ImageFile.read("\(MTCNNRealDataTests.folder)/ivan.jpg")
        let detector = try makeDetector()
        try check(detector.detect(in: image), MTCNNRealDataTests.ivan)
        var rows: [UInt8] = []
        for y in 0..<image.height {
            let row = image.pixels[y * image.width * 3..<(y + 1) * image.width * 3]
            rows += row
            for x in (0..<image.width).reversed() { rows += row.dropFirst(x * 3).prefix(3) }
        }
        let both = Image(width: image.width * 2, height: image.height, channels: 3, pixels: rows)
        try check(detector.detect(in: both), MTCNNRealDataTests.twoIvans)
    }

    @Test(.enabled(if: isPresent, absence)) func noFacesWhereThereAreNone() throws {
        let image = try ImageFile.read("\(MTCNNRealDataTests.folder)/no-faces.jpg")
        #expect(try makeDetector().detect(in: image).isEmpty)
    }

    @Test(.enabled(if: isPresent, absence)) func facesInARegion() throws {
        let image = try ImageFile.read("\(MTCNNRealDataTests.folder)/ivan.jpg")
        let detector = try makeDetector()
        let expected = MTCNNRealDataTests.ivan[0].box
        let around = Rectangle(
            x: expected.x - 30, y: expected.y - 40, width: expected.width + 60, height: expected.height + 80)
        let faces = try detector.detect(in: image, region: around)
        #expect(faces.count == 1)
        #expect((faces.first?.box.overlap(expected) ?? 0) > 0.75)
        let elsewhere = Rectangle(x: 350, y: 300, width: 200, height: 200)
        #expect(try detector.detect(in: image, region: elsewhere).isEmpty)
    }
}
