import FaceVision
import Foundation
import NeuralNet
import Testing

@Suite struct HaarCascadeDetectorTests {
    /// The windows that pass, written as plainly as possible: no integral images, one window after the other.
    static func reference(_ image: Image, _ cascade: HaarCascade, _ options: HaarCascadeDetector.Options) -> [[Int]] {
        let pyramid = HaarPyramid(
            width: image.width, height: image.height, cascade: cascade, scaleFactor: options.scaleFactor,
            minSize: options.minSize, maxSize: options.maxSize)
        var found: [[Int]] = []
        for level in pyramid.levels {
            let pixels = resized(image, level)
            for row in 0..<level.rows {
                var column = 0
                while column < level.columns {
                    let window = Window(pixels: pixels, x: column * level.step, y: row * level.step, cascade: cascade)
                    let stage = window.firstRejectingStage()
                    if stage == nil {
                        func scaled(_ value: Int) -> Int { Int((Float(value) * level.scale).rounded(.toNearestOrEven)) }
                        let (x, y) = (scaled(window.x), scaled(window.y))
                        found.append([
                            x, y, min(scaled(cascade.windowWidth), image.width - x),
                            min(scaled(cascade.windowHeight), image.height - y),
                        ])
                    }
                    column += stage == 0 ? 2 : 1
                }
            }
        }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func resized(_ image: Image, _ level: HaarPyramid.Level) -> Image {
        var result = [UInt8](repeating: 0, count: level.width * level.height)
        for y in 0..<level.height {
            for x in 0..<level.width {
                let (u, v) = (Int(level.horizontal.first[x]), Int(level.vertical.first[y]))
                let (a, b) = (Int(level.horizontal.weight[x]), Int(level.vertical.weight[y]))
                func pixel(_ dx: Int, _ dy: Int) -> Int {
                    Int(image.pixels[min(v + dy, image.height - 1) * image.width + min(u + dx, image.width - 1)])
                }
                let top = pixel(0, 0) * (256 - a) + pixel(1, 0) * a
                let bottom = pixel(0, 1) * (256 - a) + pixel(1, 1) * a
                result[y * level.width + x] = UInt8((top * (256 - b) + bottom * b + 32768) >> 16)
            }
        }
        return Image(width: level.width, height: level.height, pixels: result)
    }

    struct Window {
        let pixels: Image
        let x: Int
        let y: Int
        let cascade: HaarCascade

        private func pixel(_ u: Int, _ v: Int) -> Int { Int(pixels.pixels[(y + v) * pixels.width + x + u]) }

        private func sum(_ part: HaarCascade.Feature.Part, tilted: Bool) -> Int {
            let (px, py, w, h) = (Int(part.x), Int(part.y), Int(part.width), Int(part.height))
            var total = 0
            guard tilted else {
                for v in py..<py + h { for u in px..<px + w { total += pixel(u, v) } }
                return total
            }
            // The square standing on its corner: from the corner on top w steps right down and h steps left down.
            func cone(_ cx: Int, _ cy: Int, _ u: Int, _ v: Int) -> Int {
                v < cy && abs(u - cx + 1) <= cy - v - 1 ? 1 : 0
            }
            for v in 0..<cascade.windowHeight {
                for u in 0..<cascade.windowWidth {
                    let inside =
                        cone(px, py, u, v) - cone(px - h, py + h, u, v) - cone(px + w, py + w, u, v)
                        + cone(px + w - h, py + w + h, u, v)
                    total += inside * pixel(u, v)
                }
            }
            return total
        }

        private func value(_ feature: HaarCascade.Feature) -> Float {
            feature.parts.reduce(Float(0)) { $0 + $1.weight * Float(sum($1, tilted: feature.isTilted)) }
        }

        /// -1 for windows without texture.
        func firstRejectingStage() -> Int? {
            let (w, h) = (cascade.windowWidth - 2, cascade.windowHeight - 2)
            var (total, squares) = (0, 0)
            for v in 1...h {
                for u in 1...w {
                    total += pixel(u, v)
                    squares += pixel(u, v) * pixel(u, v)
                }
            }
            let variance = Double(w * h) * Double(squares) - Double(total) * Double(total)
            guard variance > 0 else { return -1 }
            let norm = Float(1 / variance.squareRoot())
            guard Double(w * h) * Double(norm) < 0.1 else { return -1 }
            for (index, stage) in cascade.stages.enumerated() {
                let sum = stage.trees.reduce(0.0) { sum, tree in
                    var at = 0
                    while true {
                        let node = tree[at]
                        let isLess = value(cascade.features[node.feature]) * norm < node.threshold
                        at = isLess ? node.left : node.right
                        if at == 0 { return sum + Double(isLess ? node.leftValue : node.rightValue) }
                    }
                }
                if sum < Double(stage.threshold) { return index }
            }
            return nil
        }
    }

    struct Case: Sendable {
        var nodes: Int
        var tilted: Bool
        var seed: UInt64
    }

    @Test(arguments: [
        Case(nodes: 1, tilted: false, seed: 1), Case(nodes: 1, tilted: true, seed: 2),
        Case(nodes: 4, tilted: true, seed: 3),
        Case(nodes: 3, tilted: false, seed: 8),
    ])
    func sameWindowsAsTheDefinition(_ test: Case) throws {
        let cascade = SmallCascade.random(
            seed: test.seed, width: 14, height: 11, nodes: test.nodes, tilted: test.tilted)
        let noise = HaarPartsTests.noise(12, 10, seed: test.seed).resized(width: 97, height: 83)
        let options = HaarCascadeDetector.Options(scaleFactor: 1.25, minNeighbors: 0)
        let expected = HaarCascadeDetectorTests.reference(noise, cascade, options)
        #expect(expected.count > 20)
        for threads in [1, 3] {
            let detector = try HaarCascadeDetector(cascade: cascade, options: options, threads: threads)
            let faces = try detector.detect(in: noise)
            let found = faces.map { [Int($0.box.x), Int($0.box.y), Int($0.box.width), Int($0.box.height)] }
            #expect(found.sorted { $0.lexicographicallyPrecedes($1) } == expected)
            #expect(try detector.detect(in: noise) == faces)
        }
    }

    private static func picture(channels: Int = 1) -> Image {
        var pixels = [UInt8](repeating: 40, count: 120 * 90 * channels)
        for y in 30..<46 { for x in 50..<66 { for c in 0..<channels { pixels[(y * 120 + x) * channels + c] = 220 } } }
        return Image(width: 120, height: 90, channels: channels, pixels: pixels)
    }

    @Test func findsASpot() throws {
        let detector = try HaarCascadeDetector(cascade: SmallCascade.spot)
        let faces = try detector.detect(in: HaarCascadeDetectorTests.picture())
        try #require(faces.count == 1)
        #expect(faces[0].box.overlap(Rectangle(x: 42, y: 26, width: 32, height: 24)) > 0.6, "\(faces[0])")
        #expect(faces[0].confidence > 3 && faces[0].landmarks == nil)
        #expect(try detector.detect(in: HaarCascadeDetectorTests.picture(channels: 3)) == faces)
    }

    @Test func regions() throws {
        let image = HaarCascadeDetectorTests.picture()
        let detector = try HaarCascadeDetector(cascade: SmallCascade.spot)
        let region = Rectangle(x: 30.5, y: 15, width: 60, height: 50)
        let faces = try detector.detect(in: image, region: region)
        try #require(faces.count == 1)
        #expect(faces[0].box.overlap(Rectangle(x: 42, y: 26, width: 32, height: 24)) > 0.6)
        let cut = Image(
            width: 61, height: 50,
            pixels: (0..<50).flatMap { y in image.pixels[((15 + y) * 120 + 30)..<((15 + y) * 120 + 91)] })
        let alone = try detector.detect(in: cut).map { face in
            var face = face
            face.box.x += 30
            face.box.y += 15
            return face
        }
        #expect(alone == faces)
        for empty in [
            Rectangle(x: 200, y: 0, width: 50, height: 50), Rectangle(x: 0, y: 0, width: 0, height: 9),
            Rectangle(x: .nan, y: 0, width: 9, height: 9), Rectangle(x: 0, y: 0, width: .infinity, height: 9),
            Rectangle(x: 0, y: 0, width: 15, height: 90), Rectangle(x: 0, y: 0, width: -5, height: -5),
        ] { #expect(try detector.detect(in: image, region: empty).isEmpty) }
    }

    @Test func badOptions() {
        func message(_ options: HaarCascadeDetector.Options) -> String {
            do {
                _ = try HaarCascadeDetector(cascade: SmallCascade.spot, options: options)
                return ""
            } catch { return "\(error)" }
        }
        #expect(message(.init(scaleFactor: 1)) == "scaleFactor: 1.0 is not between 1.001 and 1000")
        #expect(message(.init(scaleFactor: .nan)).hasPrefix("scaleFactor"))
        #expect(message(.init(minNeighbors: -1)) == "minNeighbors: -1 is negative")
        #expect(message(.init(minSize: -1)) == "minSize: -1 x -1 is negative")
    }

    @Test func aCascadeThatAcceptsEverything() throws {
        let cascade = HaarCascade(
            windowWidth: 16, windowHeight: 12, features: SmallCascade.spot.features,
            stages: [SmallCascade.stage([[SmallCascade.leaf(0, 0, 1, 1)]])])
        let detector = try HaarCascadeDetector(cascade: cascade)
        #expect(throws: HaarCascadeError.tooManyCandidates(limit: 20_000)) {
            try detector.detect(in: HaarPartsTests.noise(400, 400))
        }
        #expect(throws: Never.self) { try detector.detect(in: HaarPartsTests.noise(40, 40)) }
    }

    // MARK: With the cascades of package opencv-data

    static let faces: URL = {
        if let path = ProcessInfo.processInfo.environment["FERMUSIC_SHARED_DATA"] {
            return URL(fileURLWithPath: path).appendingPathComponent("faces")
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/faces")
    }()
    static let hasCascades = (try? HaarCascade.find()) != nil
    static let hasFaces = FileManager.default.fileExists(atPath: faces.appendingPathComponent("ivan.jpg").path)

    @Test(.enabled(if: hasCascades, "package opencv-data is not installed"))
    func readsAllOfOpenCVsCascades() throws {
        let cascade = try HaarCascade.frontalFace()
        #expect(cascade.windowWidth == 24 && cascade.stageCount == 25 && cascade.featureCount == 2913)
        let folder = URL(fileURLWithPath: try HaarCascade.find()).deletingLastPathComponent()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".xml") {
            let cascade = try HaarCascade(contentsOf: folder.appendingPathComponent(name).path)
            #expect(cascade.stageCount >= 16 || name.contains("splits") || name.contains("eye"), "\(name)")
            #expect(cascade.windowWidth >= 14 && cascade.windowHeight >= 16)
        }
    }

    /// Boxes and counts are what OpenCV 4.14 finds with scaleFactor 1.1, minNeighbors 5, minSize 30.
    @Test(
        .enabled(if: hasCascades && hasFaces, "opencv-data or the photos are not at hand; set FERMUSIC_SHARED_DATA"),
        arguments: [
            ("ivan.jpg", "frontalface_default", [[271, 91, 63, 63, 79]]),
            ("ivan.jpg", "frontalface_alt2", [[272, 92, 63, 63, 41]]),
            ("ivan.jpg", "profileface", []),
            ("ivan.jpg", "upperbody", [[181, 118, 51, 42, 7], [178, 230, 56, 46, 6]]),
            ("no-faces.jpg", "frontalface_default", []),
        ] as [(String, String, [[Double]])])
    func photosAsOpenCV(photo: String, cascade: String, expected: [[Double]]) throws {
        let detector = try HaarCascadeDetector(
            cascade: HaarCascade(contentsOf: HaarCascade.find("haarcascade_\(cascade).xml")),
            options: .init(scaleFactor: 1.1, minNeighbors: 5, minSize: 30), threads: 2)
        let path = HaarCascadeDetectorTests.faces.appendingPathComponent(photo).path
        let faces = try detector.detect(in: ImageFile.read(path, grayscale: true))
        #expect(faces.count == expected.count, "\(faces)")
        for values in expected {
            let box = Rectangle(x: values[0], y: values[1], width: values[2], height: values[3])
            // Decoders of JPEG may differ by a grey level.
            #expect(faces.contains { $0.box.overlap(box) > 0.9 && abs($0.confidence - values[4]) <= 2 }, "\(faces)")
        }
        let colour = try detector.detect(in: ImageFile.read(path))
        #expect(colour.count == expected.count)
    }
}
