import FaceVision
import Testing
import Threads

/// Detectors are what their kinds say.
@Suite struct DetectorKindTests {
    @Test func namesAreUnique() {
        #expect(Set(FaceSearch.names).count == FaceSearch.names.count)
        for kind in DetectorKind.all {
            #expect(Set(kind.options.map(\.name)).count == kind.options.count, "\(kind.name)")
            #expect(kind.options.allSatisfy { $0.name.allSatisfy { $0.isLowercase || $0 == "-" } }, "\(kind.name)")
            #expect(DetectorKind.named(kind.name)?.summary == kind.summary)
        }
        #expect(!DetectorKind.haar.needsColor && DetectorKind.mtcnn.needsColor && DetectorKind.yunet.needsColor)
    }

    @Test(.enabled(if: HaarCascadeDetectorTests.hasCascades, "opencv-data is not here"))
    func haarTakesItsOptions() throws {
        var settings = DetectorSettings()
        settings.values = [
            "scale-factor": .number(1.3), "min-neighbors": .whole(2), "min-size": .whole(44), "max-size": .whole(90),
        ]
        let make = try DetectorKind.haar.load(settings), threads = ThreadPool(threads: 1)
        func options(_ settings: DetectorSettings) throws -> HaarCascadeDetector.Options? {
            ((try make(settings, threads) as? VerifiedDetector)?.detector as? HaarCascadeDetector)?.options
        }
        #expect(
            try options(settings) == .init(scaleFactor: 1.3, minNeighbors: 2, minSize: 44, maxSize: 90))
        #expect(try options(DetectorSettings()) == .init(scaleFactor: 1.1, minNeighbors: 5, minSize: 30))
        var hurried = DetectorSettings()
        hurried.isHurried = true
        #expect(try options(hurried) == .init(scaleFactor: 1.15, minNeighbors: 5, minSize: 56))
    }

    @Test func smallSharesAreLeftOut() throws {
        final class Two: FaceDetector {
            func detect(in image: Image, region: Rectangle?) -> [DetectedFace] {
                [30, 50].map { DetectedFace(box: Rectangle(x: 0, y: 0, width: $0, height: 60), confidence: 1) }
            }
        }
        let image = Image(width: 400, height: 200, pixels: [UInt8](repeating: 0, count: 80_000))
        let limited = ShareLimitedDetector(Two(), share: 0.2)
        #expect(try limited.detect(in: image).map(\.box.width) == [50] && !limited.needsColor)
        var settings = DetectorSettings()
        settings.values = ["yunet-weights": .file(YuNetDetectorTests.weights), "min-share": .number(0.3)]
        let made = try DetectorKind.yunet.load(settings)(settings, ThreadPool(threads: 1)) as? ShareLimitedDetector
        #expect(made?.share == 0.3 && made?.detector is YuNetDetector)
        for kind in DetectorKind.all { #expect(kind.options.contains { $0.name == "min-share" }) }
    }

    @Test func mtcnnTakesItsOptions() throws {
        var settings = DetectorSettings()
        settings.values = ["mtcnn-weights": .file("/nope.h5")]
        #expect(throws: MTCNNError.self) { try DetectorKind.mtcnn.load(settings) }
        try withTemporaryFolder { folder in
            try MTCNNFiles.write(MTCNNFiles.randomTensors(seed: 1), to: "\(folder)/w.h5")
            settings.values = ["mtcnn-weights": .file("\(folder)/w.h5"), "min-size": .whole(44)]
            let make = try DetectorKind.mtcnn.load(settings)
            let detector = try make(settings, ThreadPool(threads: 1)) as? MTCNNDetector
            #expect(detector?.options == .init(minimumFaceSize: 44, scaleFactor: 0.709))
        }
    }

    @Test func yunetTakesItsOptions() throws {
        var settings = DetectorSettings()
        settings.values = ["yunet-weights": .file("/nope.onnx")]
        #expect(throws: YuNetError.weightsNotFound(path: "/nope.onnx")) { try DetectorKind.yunet.load(settings) }
        settings.values = [
            "yunet-weights": .file(YuNetDetectorTests.weights), "sure": .number(0.8), "min-size": .whole(40),
            "max-size": .whole(100),
        ]
        let make = try DetectorKind.yunet.load(settings)
        let detector = try make(settings, ThreadPool(threads: 1)) as? YuNetDetector
        #expect(
            detector?.options
                == .init(
                    threshold: 0.8, minimumFaceSize: 28, maximumFaceSize: 70, longestSide: 1280, partsAcross: 4))
        settings.isHurried = true
        let hurried = (try make(settings, ThreadPool(threads: 1)) as? YuNetDetector)?.options
        #expect(hurried?.longestSide == 640 && hurried?.partsAcross == 1)
    }
}
