import Emotions
import FaceVision
import Foundation
import JSON
import Testing

/// A model that knows contempt, wherever it is used.
@Suite(.serialized) final class EightEmotionsTests {
    private let folder: URL
    private let seven = EmotionSelection.seven.emotions.map(\.name)
    private let eight = EmotionSelection.eight.emotions.map(\.name)

    /// The models that come along.
    private static let checkpoints = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Checkpoints").path

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    init() throws {
        folder = try Fermusic.temporaryFolder()
        for arguments in [
            ["dataset", "generate", path("faces"), "--emotions", "eight", "--training", "160", "--test", "16"],
            [
                "train", "--data", path("faces"), "--checkpoint", path("eight.h5"), "--epochs", "1", "--arch",
                "mini-xception", "--threads", "2",
            ],
        ] {
            let result = try Fermusic.run(arguments)
            try #require(result.status == 0, "\(result.errors)")
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func picture() throws -> String {
        let faces = path("faces/test/contempt")
        return faces + "/" + (try FileManager.default.contentsOfDirectory(atPath: faces).sorted()[0])
    }

    private func keys(_ answer: JSONValue) -> Set<String> {
        Set((answer["faces"]?.arrayValue?.first?["probabilities"]?.objectValue ?? [:]).keys)
    }

    @Test func predicts() throws {
        let picture = try picture()
        for (choice, expected) in [
            ("all", eight), ("eight", eight), ("seven", seven), ("five", EmotionSelection.five.emotions.map(\.name)),
        ] {
            let result = try Fermusic.run(
                ["predict", "--model", path("eight.h5"), "--json", "--emotions", choice, picture])
            let answer = try JSONValue(parsing: result.output)
            #expect(keys(answer) == Set(expected), "\(choice): \(result.errors)")
            #expect(answer["faces"]?.arrayValue?.first?["mood"]?["valence"]?.doubleValue != nil)
        }
        // The model that comes along knows eight, one of seven cannot say more.
        let old = ["--model", Self.checkpoints + "/fer2013-vgg.h5"]
        for (model, expected) in [([], eight), (old, seven)] {
            let result = try Fermusic.run(["predict", "--json", "--emotions", "eight", picture] + model)
            #expect(try keys(JSONValue(parsing: result.output)) == Set(expected), "\(result.errors)")
        }
        try writeClip(path("clip.mkv"))
        let outputs = [
            "--csv", path("out.csv"), "--srt", path("out.srt"), "--summary", path("out.svg"), "--annotate",
            path("out.mkv"),
        ]
        let stream = try Fermusic.run(
            ["predict-webcam", path("clip.mkv"), "--model", path("eight.h5"), "--json", "--detector", "none"] + outputs)
        #expect(stream.status == 0, "\(stream.errors)")
        for line in stream.output.split(separator: "\n") {
            #expect(try keys(JSONValue(parsing: String(line))) == Set(eight))
        }
        let table = try String(contentsOfFile: path("out.csv"), encoding: .utf8)
        #expect(table.split(separator: "\n").first?.hasSuffix("neutral,contempt") == true)
    }

    @Test func evaluates() throws {
        let result = try Fermusic.run(["evaluate", "--data", path("faces"), "--model", path("eight.h5"), "--json"])
        #expect(try JSONValue(parsing: result.output)["perClass"]?.objectValue?["contempt"] != nil, "\(result)")
        let spoilt = try Fermusic.run(
            [
                "evaluate", "--data", path("faces"), "--model", path("eight.h5"), "--robustness", "--report",
                path("page"),
            ])
        #expect(spoilt.output.contains("10 % of the light") && spoilt.output.contains("30 degrees"), "\(spoilt)")
        let page = try String(contentsOfFile: path("page/index.html"), encoding: .utf8)
        #expect(page.contains("When the picture is worse") && page.contains("Spoilt: mask"))
    }

    /// Songs for contempt, said and seen, by the command line and by the page's interface; songs that suit it.
    @Test(.enabled(if: ServeTests.hasCurl, "curl is not here")) func recommends() throws {
        let catalogue = ["--catalogue", path("songs.db")]
        try "title,artist,emotions\nSneer,Nobody,contempt\nOther,Nobody else,sad;contempt\n".write(
            toFile: path("mine.csv"), atomically: true, encoding: .utf8)
        #expect(try Fermusic.run(["catalogue", "import", path("mine.csv")] + catalogue).status == 0)
        let listed = try Fermusic.run(["catalogue", "list", "--emotion", "contempt", "--json"] + catalogue)
        #expect(listed.output.split(separator: "\n").count == 2, "\(listed)")
        for mood in [["--emotion", "Verachtung"], ["--photo", try picture(), "--model", path("eight.h5")]] {
            for mode in ["match", "lift", "path", "amplify"] {
                let result = try Fermusic.run(
                    ["recommend", "--json", "--provider", "none", "--mode", mode] + mood + catalogue)
                #expect(result.status == 0, "\(result.errors)")
                let answer = try JSONValue(parsing: result.output)
                #expect(Set((answer["emotions"]?.objectValue ?? [:]).keys) == Set(eight))
                #expect(answer["songs"]?.arrayValue?.count == 5)
            }
        }
        let near = try Fermusic.run(
            ["recommend", "-e", "contempt", "--artist", "Nobody", "--provider", "none", "--surprise", "0"] + catalogue)
        #expect(near.output.contains("above all for contempt"), "\(near.output)")

        let photo = try picture()
        _ = try ServeTests.serve(["--model", path("eight.h5")]) { address, _ in
            func ask(_ arguments: [String], _ path: String) throws -> JSONValue {
                try AnswerContractTests.ask(address, arguments + [path])
            }
            let body = ["-H", "Content-Type: image/png", "--data-binary", "@" + photo]
            for (choice, expected) in [("all", eight), ("eight", eight), ("seven", seven)] {
                #expect(try keys(ask(body, "api/v1/analyse?emotions=\(choice)")) == Set(expected), "\(choice)")
            }
            let options = try ask([], "api/v1/options")
            #expect(options["emotionSets"]?.arrayValue?.last?["emotions"] == JSONValue(eight))
            #expect(options["emotions"]?.arrayValue?.count == 8)
            let songs = try ask([], "api/v1/recommendations?emotion=contempt=0.7,sad=0.3&count=3")
            #expect(songs["songs"]?.arrayValue?.count == 3, "\(songs)")
        }
    }
}
