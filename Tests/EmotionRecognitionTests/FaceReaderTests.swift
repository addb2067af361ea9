import EmotionRecognition
import FaceVision
import NeuralNet
import Testing
import Threads

@Suite struct FaceReaderTests {
    /// A network that sees nothing but how red, green and blue a face is.
    private func colours(repeatsGrey: Bool? = nil) throws -> EmotionRecogniser {
        let model = try Model(
            input: [8, 8, 3], layers: [GlobalAveragePool2D(), Dense(3, activation: .softmax)], seed: 1)
        try model.weights.set(0, (0..<9).map { $0 % 4 == 0 ? 8 : 0 })
        var input = InputFormat(width: 8, height: 8, channels: 3)
        input.repeatsGrey = repeatsGrey
        return try EmotionRecogniser(
            try EmotionModel(model: model, card: ModelCard(classNames: ["angry", "fear", "sad"], input: input)),
            threads: ThreadPool(threads: 1))
    }

    private func picture(_ red: UInt8, _ green: UInt8, _ blue: UInt8, size: Int = 80) -> Image {
        Image(
            width: size, height: size, channels: 3,
            pixels: (0..<size * size).flatMap { _ in [red, green, blue] })
    }

    @Test func detectedFacesKeepTheirColours() throws {
        let detector = ScriptedDetector()
        detector.boxes = [Rectangle(x: 10, y: 10, width: 40, height: 40)]
        for finder in [detector, nil] {
            let reader = try FaceReader(colours(), detector: finder)
            #expect(reader.needsColor)
            #expect(try reader.read(picture(20, 30, 230))[0].label == 2)
            #expect(try reader.read(picture(20, 230, 30))[0].label == 1)
        }
        let grey = try FaceReader(colours(repeatsGrey: true), detector: detector)
        #expect(!grey.needsColor)
        let reading = try grey.read(picture(20, 30, 230))[0]
        #expect(abs(reading.probabilities[0] - reading.probabilities[2]) < 1e-6)
    }

    @Test func facesAreCutOutInTheirColours() {
        let image = picture(200, 100, 50)
        let box = Rectangle(x: 5, y: 5, width: 30, height: 30)
        let face = image.face(in: box, framing: FaceFraming(), size: 12, inColor: true)
        #expect(face == picture(200, 100, 50, size: 12))
        // Without colours to begin with, or without the wish, it is grey.
        #expect(image.face(in: box, framing: FaceFraming(), size: 12).channels == 1)
        #expect(image.grayscale.face(in: box, framing: FaceFraming(), size: 12, inColor: true).channels == 1)
    }

    /// A small picture is taken for a face, but where there is nothing to see, or the detector sees none, that is doubtful.
    @Test func nothingToSeeIsNoFace() throws {
        // Of the picture enlarged to 96 pixels, with paper around it.
        let face = [Rectangle(x: 36, y: 36, width: 88, height: 88)]
        func reading(_ image: Image, _ boxes: [Rectangle]) throws -> FaceReading {
            let search = FaceSearch.automatic(.haar) {
                let detector = ScriptedDetector()
                detector.boxes = boxes
                return detector
            }
            return try FaceReader(colours(), search: search).read(image)[0]
        }
        func halves(_ size: Int) -> Image {
            Image(
                width: size, height: size, channels: 3,
                pixels: (0..<size * size * 3).map { $0 / (size * 3) < size / 2 ? 40 : 200 })
        }
        let seen = try reading(halves(48), face)
        #expect(seen.isDetected && seen.score == nil && !seen.warnings.contains(.doubtful))
        let none = try reading(halves(48), [])
        for doubtful in [
            none, try reading(halves(11), face), try reading(picture(0, 0, 0, size: 48), face),
            try reading(picture(255, 255, 255, size: 1), face),
        ] {
            #expect(!doubtful.isDetected && doubtful.score == 0)
            #expect(doubtful.isUncertain && doubtful.warnings.contains(.doubtful))
        }
        // Whoever says that each picture is a face is believed, but not of nothing.
        let told = try FaceReader(colours(), detector: nil)
        #expect(try told.read(halves(48))[0].isDetected)
        #expect(try !told.read(picture(0, 0, 0, size: 48))[0].isDetected)
    }

    /// Small pictures are one face, large ones and all frames are searched; nothing is made before it is needed.
    @Test func smallPicturesAreFaces() throws {
        let search = FaceSearch.automatic(.haar) { ScriptedDetector() }
        #expect(try search.detector(for: picture(0, 0, 0, size: 64), isPicture: true) == nil)
        #expect(try search.detector(for: picture(0, 0, 0, size: 65), isPicture: true) != nil)
        #expect(try search.detector(for: picture(0, 0, 0, size: 64), isPicture: false) != nil)
        struct Missing: Error {}
        let broken = FaceSearch.automatic(.haar) { throw Missing() }
        #expect(try broken.detector(for: picture(0, 0, 0, size: 48), isPicture: true) == nil)
        #expect(throws: Missing.self) { try broken.detector(for: picture(0, 0, 0), isPicture: true) }
    }
}
