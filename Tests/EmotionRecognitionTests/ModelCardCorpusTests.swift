import EmotionRecognition
import Files
import NeuralNet
import Testing

/// The model card that Scripts/fuzz starts from.
@Suite struct ModelCardCorpusTests {
    private static let path =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Fuzzing/Corpus/model/card.json"

    @Test func isReadAndWithoutAnyFieldThatMattersRefused() throws {
        let text = String(decoding: try FileBytes.read(ModelCardCorpusTests.path, limit: 1 << 20), as: UTF8.self)
        let value = try JSONValue(parsing: text)
        let card = try ModelCard(json: value, path: "card.json")
        #expect(card.classNames.count == 7 && card.input.width == 48 && card.training?.epoch == 90)
        let fields = try #require(value.objectValue)
        for name in ["classNames", "input"] {
            var fewer = fields
            fewer[name] = nil
            #expect(throws: RecognitionError.self) { try ModelCard(json: .object(fewer), path: "x") }
        }
        for (name, _) in fields {
            for other in [JSONValue.int(.max), .int(.min), .double(1e300), "text", [], [:], [[[]]]] {
                var changed = fields
                changed[name] = other
                _ = try? ModelCard(json: .object(changed), path: "x")
            }
        }
    }
}
