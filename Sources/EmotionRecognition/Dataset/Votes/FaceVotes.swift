import Emotions
import Files
import TextCoding

/// What ten people saw in each picture of FER2013, as published: rows of counts that belong to the pictures in Kaggle's
/// order, or to files.
///
/// Source: E. Barsoum et al., "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label
/// Distribution", ICMI 2016 (FER+).
public struct FaceVotes: Sendable {
    /// The counts of one picture, in the order of `columns`.
    public typealias Counts = [UInt8]

    /// The classes of the counts; the last two are votes for no emotion.
    public static let columns = ["neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt"]
    /// Counts of a picture: of the emotions, of "unknown" and of "no face".
    static let width = columns.count + 2
    /// The classes of pictures with votes: FER2013's in their order, then contempt.
    public static let classNames = FaceDataset.standardClassNames + ["contempt"]
    /// For each of `classNames` its place among the counts.
    static let places = classNames.map { columns.firstIndex(of: $0)! }

    /// Rows in the file's order.
    let rows: [Counts]
    /// The part of the data that a row says it belongs to; empty where the table does not say.
    let splits: [FaceDataset.Split?]
    /// The row of a picture by its file's name, alone or with its folder's, where names are known; those of `label.csv` in
    /// lower case.
    let rowsByName: [String: Int]
    /// The file that the votes were read from.
    public let path: String

    /// Reads `fer2013new.csv` of FER+ (`Usage, Image name, neutral, happiness, ...`), or a `label.csv` of its folders
    /// (`fer0000000.png, "(0, 0, 48, 48)", 4, 0, ...`).
    ///
    /// - Parameter names: a table with the columns `file` and `row`, which says for pictures in class folders which row
    ///   is theirs. Without one, files have the names of the table.
    /// Throws `DatasetError` naming file and row.
    public init(reading path: String, names: String? = nil) throws {
        let lines = try VoteTable.lines(path)
        var rows: [Counts] = []
        var byName = try VoteTable.read(lines, path: path, into: &rows)
        guard !rows.isEmpty else { throw DatasetError.empty(path: path, reason: "no rows with votes") }
        splits = VoteTable.splits(lines.suffix(rows.count + 1))
        if let names { byName.merge(try VoteTable.names(names, rows: rows.count)) { _, new in new } }
        self.path = path
        self.rows = rows
        rowsByName = byName
    }

    /// Reads the texts of several `label.csv`, each for the pictures of its folder. Throws `DatasetError`.
    init(labelFiles: [(folder: String, text: String)]) throws {
        var rows: [Counts] = []
        var byName: [String: Int] = [:]
        for (folder, text) in labelFiles {
            let lines = VoteTable.lines(of: Array(text.utf8))
            for (name, row) in try VoteTable.read(lines, path: "\(folder)/label.csv", into: &rows) {
                byName["\(folder)/\(name)".lowercased()] = row
            }
        }
        path = "label.csv"
        self.rows = rows
        splits = []
        rowsByName = byName
    }

    /// The row of a picture of a data set by its `FaceDataset.names`: a row of Kaggle's CSV file, or a file.
    func row(of name: String) -> Int? {
        if name.hasPrefix("row "), let number = Int(name.dropFirst(4)) {
            // The header is row 1.
            return rows.indices.contains(number - 2) ? number - 2 : nil
        }
        let parts = name.split(separator: "/")
        let full = parts.suffix(2).joined(separator: "/")
        return rowsByName[full] ?? rowsByName[full.lowercased()] ?? parts.last.flatMap { rowsByName[String($0)] }
    }
}

/// The tables that votes and names of pictures stand in.
enum VoteTable {
    /// The lines that are not empty, with their numbers from 1, cut outside quotes at commas, or at semicolons or tabs if
    /// the first has no comma. Throws `DatasetError`.
    static func lines(_ path: String) throws -> [(line: Int, fields: [String])] {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: 64 << 20)
        } catch let error as FileFailure {
            throw DatasetError.cannotRead(path: path, reason: error.reason)
        }
        return lines(of: bytes)
    }

    static func lines(of bytes: [UInt8]) -> [(line: Int, fields: [String])] {
        var result: [(Int, [String])] = []
        var number = 0
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let first = bytes.prefix { $0 != 10 }
        let separator: UInt8 = [0x2C, 0x3B, 0x09].first(where: first.contains) ?? 0x2C
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            number += 1
            var fields: [String] = [], field: [UInt8] = [], isQuoted = false
            for byte in line where byte != 13 {
                switch byte {
                case 0x22: isQuoted.toggle()
                case separator where !isQuoted:
                    fields.append(String(decoding: field, as: UTF8.self).trimmingBlanks)
                    field = []
                default: field.append(byte)
                }
            }
            fields.append(String(decoding: field, as: UTF8.self).trimmingBlanks)
            if fields.count > 1 { result.append((number, fields)) }
        }
        return result
    }

    /// Appends the votes of a table, and gives the rows of its pictures' names. Throws `DatasetError.badRow`.
    static func read(
        _ lines: [(line: Int, fields: [String])], path: String, into rows: inout [FaceVotes.Counts]
    ) throws -> [String: Int] {
        var byName: [String: Int] = [:]
        var columns: [Int]?
        for (line, fields) in lines {
            if columns == nil {
                columns = try self.columns(fields, path: path)
                // A header, unless there is a number.
                if columns![0] >= fields.count || count(fields[columns![0]]) == nil { continue }
            }
            var counts = FaceVotes.Counts()
            for column in columns! {
                guard column < fields.count, let votes = count(fields[column]) else {
                    let reason =
                        column < fields.count ? "'\(fields[column].prefix(20))' is no number of votes" : "too short"
                    throw DatasetError.badRow(path: path, row: line, reason: reason)
                }
                counts.append(votes)
            }
            if let name = pictureName(fields) {
                if let other = byName.updateValue(rows.count, forKey: name), rows[other] != counts {
                    throw DatasetError.badRow(
                        path: path, row: line, reason: "'\(name)' stands there twice, with other votes")
                }
            }
            rows.append(counts)
        }
        return byName
    }

    /// Whether a table's first row is one of votes, or names their columns.
    static func isOne(_ text: String) -> Bool {
        let start = lines(of: Array(text.utf8.prefix { $0 != 10 }))
        return (try? start.first.map { try columns($0.fields, path: "") }) ?? nil != nil
    }

    /// A number of votes, as `4` or `4.0`; nil for what is none.
    private static func count(_ text: String) -> UInt8? {
        guard let value = Double(text), (0...100).contains(value), value == value.rounded() else { return nil }
        return UInt8(value)
    }

    /// The parts that the rows of a table say they belong to, behind its header; empty without one.
    static func splits(_ lines: ArraySlice<(line: Int, fields: [String])>) -> [FaceDataset.Split?] {
        guard let column = lines.first?.fields.firstIndex(where: { $0.lowercased() == "usage" }) else { return [] }
        return lines.dropFirst().map { $0.fields.count > column ? FaceDataset.Split(name: $0.fields[column]) : nil }
    }

    /// The places of the ten counts, from a header or, where there is none, behind a file's name and, mostly, a rectangle.
    static func columns(_ first: [String], path: String) throws -> [Int] {
        for names in [2, 1] where first.count == names + FaceVotes.width && count(first[names]) != nil {
            return Array(names..<names + FaceVotes.width)
        }
        let words = first.map { $0.lowercased() }
        let spellings = FaceVotes.columns.map { name -> [String] in
            switch name {
            case "happy": [name, "happiness"]
            case "sad": [name, "sadness"]
            case "angry": [name, "anger"]
            default: [name]
            }
        }
        let wanted = spellings + [["unknown"], ["nf", "no face", "noface", "not a face"]]
        return try wanted.map { spellings in
            guard let place = words.firstIndex(where: spellings.contains) else {
                throw DatasetError.badRow(path: path, row: 1, reason: "no column '\(spellings.last!)' of votes")
            }
            return place
        }
    }

    /// `fer0000000.png` in one of the first two fields, without the folders that may stand before it.
    static func pictureName(_ fields: [String]) -> String? {
        fields.prefix(2).first { $0.contains(".") && !$0.contains(" ") && count($0) == nil }
            .flatMap { $0.split { $0 == "/" || $0 == "\\" }.last }.map(String.init)
    }

    /// Rows by names of files, alone (unless two have that name) and with their folder. Throws `DatasetError`.
    static func names(_ path: String, rows: Int) throws -> [String: Int] {
        var result: [String: Int] = [:], twice: Set<String> = []
        let lines = try lines(path)
        let header = lines.first?.fields.map { $0.lowercased() } ?? []
        guard let file = header.firstIndex(of: "file"), let row = header.firstIndex(of: "row") else {
            throw DatasetError.badRow(path: path, row: 1, reason: "the header must name the columns file and row")
        }
        for (line, fields) in lines.dropFirst() {
            guard fields.count > max(file, row), let number = Int(fields[row]), (0..<rows).contains(number) else {
                throw DatasetError.badRow(path: path, row: line, reason: "no number of a row from 0 to \(rows - 1)")
            }
            let parts = fields[file].split(separator: "/")
            guard let name = parts.last.map(String.init) else { continue }
            if result.updateValue(number, forKey: name) != nil { twice.insert(name) }
            result[parts.suffix(2).joined(separator: "/")] = number
        }
        for name in twice { result[name] = nil }
        return result
    }
}
