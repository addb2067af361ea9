import JSON
import JSONCoding
import NeuralNet

extension FaceDataset {
    /// Reads a CSV file as `readCSV` does, by several processes: each parses its part of the lines. Throws
    /// `DatasetError`, or `RankFailure` about another process, everywhere.
    static func readCSV(
        _ path: String, options: DatasetReadOptions, by team: SharedReading, progress: (Double) -> Void
    ) throws -> LoadedDataset {
        let file = try team.communicator.together { try CSVParts(path, count: team.size) }
        try team.requireEqual(file.layout)
        try team.requireEqualParts(file.fingerprint)
        let own = file.parts[team.rank]
        let lines = team.communicator.gather(try team.communicator.together { try file.lines(own) })
        var parser = CSVFaceParser(path: path, options: options)
        try team.communicator.together {
            try read(file, file.header, into: &parser)
            parser.passOver(lines[..<team.rank].reduce(0, +))
            try read(file, own, into: &parser, progress: progress)
        }
        let parts = try team.communicator.gather(JSONValue.encode(parser.part)).map {
            try JSONValue.decode(CSVFaceParser.Part.self, from: $0)
        }
        return try parser.joined(parts, by: team).loaded()
    }

    private static func read(
        _ file: CSVParts, _ range: Range<Int>, into parser: inout CSVFaceParser, progress: (Double) -> Void = { _ in }
    ) throws {
        var place = range.lowerBound
        try parse(into: &parser, path: file.path) { piece in
            let got = try file.read(place, before: range.upperBound, into: piece)
            place += got
            progress(Double(place - range.lowerBound) / Double(max(range.count, 1)))
            return got
        }
    }
}

extension CSVFaceParser {
    /// What was found in some lines, without the pixels.
    struct Part: Codable {
        var classNames: [String]
        var labels: [UInt8]
        var splits: [FaceDataset.Split]
        var rows: [Int]
        /// Places in `classNames` by the labels seen.
        var words: [String: Int]
        var testRows: [Int]
        var hasValidation: Bool
        var skipped: [Skipped]
    }

    struct Skipped: Codable {
        var row: Int
        var reason: String

        init(_ error: DatasetError) {
            switch error {
            case .badRow(_, let row, let reason): (self.row, self.reason) = (row, reason)
            case .unclearClasses(_, let row, let reason, _): (self.row, self.reason) = (row ?? 0, reason)
            default: (row, reason) = (0, "\(error)")
            }
        }
    }
}
