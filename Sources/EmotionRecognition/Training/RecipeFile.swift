import Files
import JSON
import JSONCoding
import NeuralNet
import Report

/// A training run as a text file that people read and edit: `fermusic train --recipe FILE` repeats it.
public struct RecipeFile: Sendable, Equatable, Codable {
    /// What the recipe makes, in a sentence.
    public var about: String?
    /// Where the data is unless the user says so.
    public var data: String?
    /// The data that the recipe was used with, see `FaceDataset.trainingFingerprint`.
    public var dataFingerprint: String?
    /// The weights of the teacher that the recipe was used with, see `Weights.fingerprint`.
    public var teacherFingerprint: String?
    /// The weights that the run of the recipe started from.
    public var baseFingerprint: String?
    /// Results depend on the number of threads, since sums are split between them.
    public var threads: Int?
    /// All settings of the run.
    public var recipe: TrainingRecipe

    public init(_ recipe: TrainingRecipe) { self.recipe = recipe }

    /// The recipe of a trained model; nil if its file does not say how it was trained.
    public init?(of card: ModelCard) {
        guard let training = card.training else { return nil }
        about = card.results.first.map {
            "\(training.recipe.architecture): \(decimal($0.accuracy * 100, 2)) % of \($0.count) images "
                + "of \($0.split), trained with \(card.program)"
        }
        recipe = training.recipe
        dataFingerprint = training.dataFingerprint
        teacherFingerprint = training.teacherFingerprint
        baseFingerprint = training.baseFingerprint
        threads = training.threads
    }

    /// Reads a file of up to 17 MB. A network described by a file of its own (`"architecture": "my.json"`) is looked for
    /// beside the recipe. Throws `RecognitionError.file` naming what is wrong.
    public init(reading path: String) throws {
        let bytes = try Self.bytes(path)
        let text = String(decoding: bytes, as: UTF8.self)
        let json: JSONValue
        do {
            json = try JSONValue(parsing: text)
        } catch {
            throw RecognitionError.file(path: path, place: nil, reason: "not JSON: \(error)")
        }
        let known = Set([
            "about", "data", "dataFingerprint", "teacherFingerprint", "baseFingerprint", "threads", "recipe",
        ])
        try Self.refuseUnknown(json, known, path: path, place: nil)
        let fields = TrainingRecipe.fields
        try Self.refuseUnknown(json["recipe"], Set(fields.map(\.name)), path: path, place: "recipe")
        for field in fields where !field.parts.isEmpty {
            let parts = Set(field.parts.map { String($0.name.dropFirst(field.name.count + 1)) })
            try Self.refuseUnknown(json["recipe"]?[field.name], parts, path: path, place: field.name)
        }
        do {
            self = try JSONValue.decode(RecipeFile.self, from: text)
        } catch let error as DecodingError {
            throw RecognitionError.file(path: path, place: nil, reason: Self.words(error))
        }
        if let problem = recipe.problem {
            throw RecognitionError.file(path: path, place: "recipe", reason: "\(problem)")
        }
        if let threads, !(1...1024).contains(threads) {
            throw RecognitionError.file(path: path, place: nil, reason: "threads must be 1 to 1024")
        }
        if recipe.network == nil, recipe.architecture.hasSuffix(".json") {
            let file =
                recipe.architecture.hasPrefix("/")
                ? recipe.architecture : "\(path.parentFolder)/\(recipe.architecture)"
            recipe.network = String(decoding: try Self.bytes(file), as: UTF8.self)
        }
    }

    /// The file's text, indented, fields in alphabetical order.
    public var text: String {
        get throws { try JSONValue.encode(self, pretty: true) + "\n" }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        do {
            return try FileBytes.read(path, limit: 17 << 20)
        } catch let failure as FileFailure {
            throw RecognitionError.file(path: path, place: nil, reason: failure.reason)
        }
    }

    /// A mistyped field would be a setting silently left at its default.
    private static func refuseUnknown(
        _ value: JSONValue?, _ known: Set<String>, path: String, place: String?
    ) throws {
        guard let fields = value?.objectValue else { return }
        if let unknown = fields.keys.filter({ !known.contains($0) }).sorted().first {
            throw RecognitionError.file(path: path, place: place, reason: "there is no field '\(unknown)'")
        }
    }

    private static func words(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context, _ last: String? = nil) -> String {
            let names = context.codingPath.map(\.stringValue) + (last.map { [$0] } ?? [])
            return names.isEmpty ? "the whole" : names.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context, key.stringValue)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return "\(place(context)) has a wrong value"
        @unknown default: return "not a recipe"
        }
    }
}
