import ChildProcess
import EmotionRecognition
import Emotions
import FaceVision
import Foundation
import JSON
import NeuralNet
import Randomness
import Testing

/// Command line, files and the page's interface give the same answer in the same words.
@Suite struct AnswerContractTests {
    /// The paths of all keys in a value: `faces[].box.x`. What hangs on the contents is left out: probabilities have the
    /// names of emotions, lists may be empty.
    static func keys(_ value: JSONValue, _ path: String = "") -> Set<String> {
        if let fields = value.objectValue {
            var result: Set<String> = []
            for (name, field) in fields {
                let place = path.isEmpty ? name : "\(path).\(name)"
                result.insert(place)
                if !["probabilities", "emotions", "values"].contains(name) { result.formUnion(keys(field, place)) }
            }
            return result
        }
        return (value.arrayValue ?? []).reduce(into: []) { $0.formUnion(keys($1, path + "[]")) }
    }

    static func ask(_ address: URL, _ arguments: [String]) throws -> JSONValue {
        let curl = ChildProcess()
        curl.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        let path = arguments.last ?? ""
        curl.arguments =
            ["-sS", "--max-time", "120"] + arguments.dropLast()
            + [path.isEmpty ? address.absoluteString : address.absoluteString + path]
        let output = Pipe()
        curl.standardOutput = output
        try curl.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        curl.waitUntilExit()
        return try JSONValue(parsing: String(decoding: data, as: UTF8.self))
    }

    @Test(.enabled(if: ServeTests.hasCurl, "curl is not here")) func facesAreWrittenAlike() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        var random = RandomGenerator(seed: 4)
        try ImageFile.writePNG(SyntheticFaces().draw(.happy, size: 96, random: &random), to: path("face.png"))
        try writeClip(path("clip.mkv"), frames: 4)

        let picture = try Fermusic.run(["predict", "--json", "--detector", "none", path("face.png")])
        let photo = try JSONValue(parsing: picture.output)
        let video = try Fermusic.run(["predict", "--jsonl", "-", "--detector", "none", path("clip.mkv")])
        let camera = try Fermusic.run(["predict-webcam", "--json", "--detector", "none", path("clip.mkv")])
        func lines(_ result: Fermusic.Result) throws -> [JSONValue] {
            try result.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        }
        // The first frame has an event, as a session's first picture does.
        let file = Self.keys(try #require(try lines(video).first))
        #expect(file == Self.keys(try #require(try lines(camera).first)))

        var sent: JSONValue = .null, followed: JSONValue = .null
        _ = try ServeTests.serve([]) { address, _ in
            let body = ["-H", "Content-Type: image/png", "--data-binary", "@" + path("face.png")]
            sent = try Self.ask(address, body + ["api/v1/analyse?detector=none"])
            let session = try Self.ask(address, ["-X", "POST", "api/v1/sessions"])["session"]?.stringValue ?? ""
            followed = try Self.ask(
                address, body + ["-H", "Fermusic-Session: \(session)", "api/v1/analyse?detector=none"])
        }
        // What only a server has to say.
        let server: Set<String> = ["session", "hint"]
        #expect(Self.keys(sent) == Self.keys(photo).union(server))
        #expect(Self.keys(followed) == file.union(server))
        #expect(file == Self.keys(photo).union(["frame", "time", "events[].kind", "events[].track"]))
        // The same picture, the same answer.
        for part in ["faces", "group", "width", "height"] { #expect(sent[part] == photo[part], "\(part)") }
        let first = photo["faces"]?.arrayValue?.first
        #expect(first?["mood"]?["valence"]?.doubleValue != nil)
    }

    @Test(.enabled(if: ServeTests.hasCurl, "curl is not here")) func songsAreWrittenAlike() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let catalogue = ["--catalogue", folder.appendingPathComponent("songs.db").path]
        let recommended = try JSONValue(
            parsing: Fermusic.run(
                ["recommend", "-e", "happy=0.6, surprise=0.4", "--json", "--provider", "none"] + catalogue
            ).output)
        let listed = try JSONValue(
            parsing: Fermusic.run(["catalogue", "list", "-n", "1", "--json"] + catalogue).output)
        var answer: JSONValue = .null, found: JSONValue = .null
        _ = try ServeTests.serve([]) { address, _ in
            let question = #"{"emotions": {"happy": 3, "surprise": 2}}"#
            answer = try Self.ask(
                address, ["-H", "Content-Type: application/json", "-d", question, "api/v1/recommendations"])
            found = try Self.ask(address, ["api/v1/catalogue/search?q=love&limit=1"])
        }
        // Where files and songs of servers are played from is a page's business.
        #expect(Self.keys(recommended).union(["songs[].file", "songs[].server"]) == Self.keys(answer))
        #expect(answer["emotions"] == recommended["emotions"])
        #expect(Self.keys(listed).union(["file", "server"]) == Self.keys(found["songs"]?.arrayValue?.first ?? .null))
    }

    /// A model of colours sees them on the page too, with and without a detector.
    @Test(.enabled(if: ServeTests.hasCurl, "curl is not here")) func coloursCountEverywhere() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        // Red is anger, green fear, blue sadness.
        let layers: [any Layer] = [GlobalAveragePool2D(), Dense(3, activation: .softmax)]
        let model = try Model(input: [16, 16, 3], layers: layers, seed: 1)
        let weights = (0..<9).map { $0 % 4 == 0 ? Float(8) : 0 }
        try model.weights.set(0, weights)
        let card = ModelCard(
            classNames: ["angry", "fear", "sad"], input: InputFormat(width: 16, height: 16, channels: 3))
        try EmotionModel(model: model, card: card).write(to: path("colours.h5"))
        let blue = [[UInt8]](repeating: [20, 40, 230], count: 96 * 96).flatMap { $0 }
        try ImageFile.writePNG(Image(width: 96, height: 96, channels: 3, pixels: blue), to: path("blue.png"))
        var pictures = [(path("blue.png"), "none")]
        let photo = RealDataTests.shared.appendingPathComponent("faces/ivan.jpg").path
        if FileManager.default.fileExists(atPath: photo) { pictures.append((photo, "haar")) }
        var answers: [JSONValue] = []
        let options = ["--model", path("colours.h5")]
        _ = try ServeTests.serve(options) { address, _ in
            for (picture, detector) in pictures {
                answers.append(
                    try Self.ask(
                        address,
                        [
                            "-H", "Content-Type: image/png", "--data-binary", "@" + picture,
                            "api/v1/analyse?detector=\(detector)",
                        ]))
            }
        }
        for ((picture, detector), answer) in zip(pictures, answers) {
            let result = try Fermusic.run(["predict", "--json", "--detector", detector, picture] + options)
            let face = try JSONValue(parsing: result.output)["faces"]?.arrayValue?.first
            let same = try #require(answer["faces"]?.arrayValue?.first, "\(answer)")
            #expect(face?["probabilities"] == same["probabilities"], "\(picture)")
            if detector == "none" { #expect(same["emotion"]?.stringValue == "sad", "\(same)") }
        }
    }

    /// What is no emotion is none everywhere.
    @Test(.enabled(if: ServeTests.hasCurl, "curl is not here")) func emotionsAreReadAlike() throws {
        let texts = ["smug", "happy=", "happy=-1", "happy=nan", "happy=0", "happy=1=2", "", "happy=2e6"]
        var answers: [JSONValue] = []
        _ = try ServeTests.serve([]) { address, _ in
            for text in texts {
                answers.append(
                    try Self.ask(address, ["-G", "--data-urlencode", "emotion=\(text)", "api/v1/recommendations"]))
            }
        }
        for (text, answer) in zip(texts, answers) {
            #expect(answer["status"]?.intValue == 400, "\(text): \(answer)")
            #expect(try Fermusic.run(["recommend", "--emotion", text, "--json"]).status == 2, "\(text)")
        }
    }
}
