import EmotionRecognition
import Emotions
import Files
import JSON

/// The models that visitors can choose from.
public struct ModelShelf: Sendable {
    public struct Entry: Sendable {
        /// The file's name without its ending.
        public var id: String
        public var model: EmotionModel
        /// The file that it was read from.
        var path: String
    }

    public let entries: [Entry]

    /// Reads the files; the first is what is used unless another one is asked for. Models whose classes are no
    /// emotions are refused: songs could not be found for them. Throws `RecognitionError`, `NeuralNetError` or
    /// `WebServerError`.
    public init(_ paths: [String]) throws {
        var entries: [Entry] = []
        for path in paths {
            let model = try EmotionModel(reading: path)
            guard (try? EmotionClasses(model.card.classNames)) != nil else {
                throw WebServerError.badFile(
                    path: path, reason: "its classes are not emotions: \(model.card.classNames.joined(separator: ", "))"
                )
            }
            var id = path.withoutPathExtension
            let sameName = entries.filter { $0.id == id || $0.id.hasPrefix("\(id)~") }.count
            if sameName > 0 { id += "~\(sameName + 1)" }
            entries.append(Entry(id: id, model: model, path: path))
        }
        guard !entries.isEmpty else {
            throw WebServerError.noModels
        }
        self.entries = entries
    }

    /// The models that come with the program, the default one first.
    public static func standardPaths() -> [String] {
        guard let first = EmotionModel.standardPath else { return [] }
        let folder = first.parentFolder
        let others = FolderTree.names(in: folder).sorted()
            .filter { $0.hasPrefix("fer2013-") && $0.hasSuffix(".h5") && "\(folder)/\($0)" != first }
        return [first] + others.map { "\(folder)/\($0)" }
    }

    func index(of id: String) -> Int? { entries.firstIndex { $0.id == id } }

    var json: JSONValue {
        ["models": .array(entries.indices.map(json(of:)))]
    }

    private func json(of index: Int) -> JSONValue {
        let entry = entries[index], card = entry.model.card
        return [
            "id": .string(entry.id), "default": .bool(index == 0), "classes": JSONValue(card.classNames),
            "parameters": .int(entry.model.model.parameterCount),
            "input": [
                "width": .int(card.input.width), "height": .int(card.input.height),
                "channels": .int(card.input.channels),
            ],
            "results": .array(
                card.results.map { result in
                    [
                        "split": .string(result.split), "count": .int(result.count),
                        "accuracy": .double(result.accuracy), "macroF1": .double(result.macroF1),
                    ]
                }),
        ]
    }
}
