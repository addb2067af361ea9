import EmotionRecognition
import FaceVision
import NeuralNet
import Terminal

/// `fermusic predict`
enum PredictCommand {
    static let images = Argument<[Path]>("image", help: "PNG or JPEG pictures, or folders of them.")

    static let command = Command(
        "predict", summary: "Find the faces in pictures and name their emotions.",
        discussion: "A picture that can't be read is reported; the others still get done.",
        examples: [
            Example("fermusic predict --model my.h5 photo.jpg faces/"),
            Example("fermusic predict --model my.h5 --json photo.jpg", "one JSON object per image"),
            Example("fermusic predict --model my.h5 --detector none face.png", "a picture that is one cropped face"),
        ],
        parameters: [
            images, SharedOptions.model, SharedOptions.inputRange, SharedOptions.labels, SharedOptions.threads,
            SharedOptions.json,
        ] + DetectorOptions.all,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let model = try SharedOptions.readModel(a)
        let threads = SharedOptions.threadPool(a)
        var files: [String] = []
        for path in a[images] { files += try ImageFolder.images(path.string) }
        let readers = try Readers(model, a, threads)
        let names = model.card.classNames
        let width = files.map(\.count).max() ?? 0
        var failures = 0
        for file in files {
            let faces: [FaceReading]
            do {
                let image = try ImageFile.read(file)
                faces = try readers.read(image)
            } catch let error as Readers.Unavailable {
                throw error.reason
            } catch {
                failures += 1
                try console.errors.line("error: \(printable("\(error)"))")
                continue
            }
            if a[SharedOptions.json] {
                try console.output.line(json(file, faces, names).text())
                continue
            }
            let name = printable(file)
            let padding = String(repeating: " ", count: max(0, width - file.count))
            for line in text(faces, names) { try console.output.line("\(name)\(padding)  \(line)") }
        }
        if failures > 0 {
            try console.errors.line("\(failures) of \(files.count) images could not be read")
            return .failed
        }
        return .done
    }

    /// The reader that suits a picture; the detector is made when the first picture needs it.
    private final class Readers {
        /// There is no detector: no other picture will do better.
        struct Unavailable: Error {
            var reason: any Error
        }

        private let recogniser: EmotionRecogniser
        private let arguments: Arguments
        private let threads: ThreadPool
        private let whole: FaceReader
        private var finding: FaceReader?
        private let choice: DetectorChoice

        init(_ model: EmotionModel, _ a: Arguments, _ threads: ThreadPool) throws {
            recogniser = try EmotionRecogniser(model, threads: threads)
            arguments = a
            self.threads = threads
            choice = a[DetectorOptions.detector]
            whole = FaceReader(recogniser, detector: nil)
            if choice == .haar || choice == .mtcnn { try makeFinding() }
        }

        private func makeFinding() throws {
            finding = FaceReader(
                recogniser,
                detector: try DetectorOptions.makeDetector(choice, arguments, threads: threads))
        }

        func read(_ image: Image) throws -> [FaceReading] {
            let isFace = choice == .none || (choice == .auto && max(image.width, image.height) <= 64)
            if isFace { return try whole.read(image) }
            do {
                if finding == nil { try makeFinding() }
            } catch {
                throw Unavailable(reason: error)
            }
            return try finding!.read(image)
        }
    }

    private static func text(_ faces: [FaceReading], _ names: [String]) -> [String] {
        if faces.isEmpty { return ["no face found"] }
        return faces.map { face in
            let order = names.indices.sorted { face.probabilities[$0] > face.probabilities[$1] }
            let others = order.dropFirst().prefix(2).map { "\(names[$0]) \(percent(Double(face.probabilities[$0])))" }
            var line =
                "\(names[face.label]) \(percent(Double(face.confidence)))  (\(others.joined(separator: ", ")))"
            if faces.count > 1 {
                line += "  at \(Int(face.box.x)),\(Int(face.box.y)) \(Int(face.box.width))x\(Int(face.box.height))"
            }
            if face.isUncertain { line += "  uncertain" }
            if !face.warnings.isEmpty { line += "  " + face.warnings.map(\.rawValue).joined(separator: ", ") }
            return line
        }
    }

    private static func json(_ file: String, _ faces: [FaceReading], _ names: [String]) -> JSONValue {
        ["file": .string(file), "faces": .array(faces.map { FaceJSON.value($0, names) })]
    }
}
