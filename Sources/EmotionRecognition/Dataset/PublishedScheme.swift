import FaceVision
import TextCoding

/// Data sets that are published without class folders, known for certain by the names of their files.
struct PublishedScheme {
    private(set) var named: [DatasetLayout.Named] = []
    /// What it was taken for, in a line.
    private(set) var note = ""
    /// What people voted, for FER+.
    private(set) var votes: FaceVotes?

    /// Nil if it is none of them: FER+, KDEF, JAFFE, RAF-DB, CK+. Throws what `contents` throws.
    init?(_ files: [[String]], pictures: [[String]], contents: ([String]) throws -> String) throws {
        if try readFERPlus(files, pictures, contents) { return }
        if try readRAFDB(files, pictures, contents) || readCohnKanade(files, pictures, contents) { return }
        if readNames(pictures, "KDEF", PublishedScheme.kdef) || readNames(pictures, "JAFFE", PublishedScheme.jaffe) {
            return
        }
        return nil
    }

    /// FER+: folders `FER2013Train`, `FER2013Valid` and `FER2013Test`, or named as parts usually are, each with pictures and
    /// a `label.csv` of votes.
    private mutating func readFERPlus(
        _ files: [[String]], _ pictures: [[String]], _ contents: ([String]) throws -> String
    ) throws -> Bool {
        let splits: [String: FaceDataset.Split] = [
            "fer2013train": .training, "fer2013valid": .publicTest, "fer2013test": .privateTest,
        ]
        let hasValidation = pictures.contains { $0.count > 1 && FaceDataset.Split.isValidation($0[$0.count - 2]) }
        func split(_ file: [String]) -> FaceDataset.Split? {
            guard file.count > 1 else { return nil }
            let folder = file[file.count - 2]
            if hasValidation, FaceDataset.Split.isTest(folder) { return .privateTest }
            return splits[folder.lowercased()] ?? FaceDataset.Split(name: folder)
        }
        let tables = try files.filter { file in
            guard file.last!.lowercased() == "label.csv", split(file) != nil else { return false }
            // Folders with other names can have other tables of this name.
            return try splits[file[file.count - 2].lowercased()] != nil || VoteTable.isOne(contents(file))
        }
        if tables.isEmpty { return false }
        let votes = try FaceVotes(labelFiles: tables.map { ($0[$0.count - 2], try contents($0)) })
        for file in pictures {
            guard let split = split(file), let row = votes.row(of: file.suffix(2).joined(separator: "/")) else {
                continue
            }
            // What the label is does not matter: the votes decide.
            let counts = votes.rows[row].prefix(FaceVotes.columns.count)
            named.append(
                .init(
                    file: file, className: FaceVotes.columns[counts.firstIndex(of: counts.max()!)!], split: split))
        }
        if named.isEmpty, let picture = pictures.first(where: { split($0) != nil }) {
            let table = tables[0].suffix(2).joined(separator: "/")
            throw DatasetError.empty(
                path: table, reason: "names none of the pictures beside it, such as \(picture.last!)")
        }
        note = "taken for FER+ by its label.csv" + rest(pictures)
        self.votes = votes
        return !named.isEmpty
    }

    /// Pictures that say their class in their names, if nine of ten do.
    private mutating func readNames(_ pictures: [[String]], _ name: String, _ read: (String) -> String?) -> Bool {
        for file in pictures {
            if let className = read(file.last!) {
                named.append(.init(file: file, className: className, split: .training))
            }
        }
        guard named.count * 10 >= pictures.count * 9, !named.isEmpty else {
            named = []
            return false
        }
        note = "taken for \(name) by the names of its files" + rest(pictures)
        return true
    }

    private func rest(_ pictures: [[String]]) -> String {
        let rest = pictures.count - named.count
        return rest == 0 ? "" : "; \(rest) that say no emotion were passed over"
    }

    /// `AF01ANS.JPG`: session, sex, person, emotion, view.
    static func kdef(_ name: String) -> String? {
        let stem = Array(name.uppercased().prefix { $0 != "." })
        guard stem.count == 7 || stem.count == 8, "AB".contains(stem[0]), "FM".contains(stem[1]),
            stem[2...3].allSatisfy({ $0.isASCII && $0.isNumber }),
            ["S", "HL", "HR", "FL", "FR"].contains(String(stem[6...]))
        else { return nil }
        return [
            "AF": "fear", "AN": "angry", "DI": "disgust", "HA": "happy", "NE": "neutral", "SA": "sad", "SU": "surprise",
        ][String(stem[4...5])]
    }

    /// `KA.AN1.39.tiff`: person, emotion and number, number.
    static func jaffe(_ name: String) -> String? {
        let parts = name.uppercased().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].count == 2, parts[0].allSatisfy(\.isLetter), parts[1].count == 3,
            parts[1].last!.isNumber, Int(parts[2]) != nil
        else { return nil }
        return [
            "AN": "angry", "DI": "disgust", "FE": "fear", "HA": "happy", "NE": "neutral", "SA": "sad", "SU": "surprise",
        ][String(parts[1].prefix(2))]
    }

    /// `train_00001_aligned.jpg`
    static func isRAFDB(_ name: String) -> Bool {
        let parts = name.prefix { $0 != "." }.split(separator: "_")
        return parts.count == 3 && (parts[0] == "train" || parts[0] == "test") && Int(parts[1]) != nil
            && parts[2] == "aligned"
    }

    /// RAF-DB: `list_patition_label.txt` with lines `train_00001.jpg 5`, pictures `train_00001_aligned.jpg`, or the
    /// photos that they were cut from.
    private mutating func readRAFDB(
        _ files: [[String]], _ pictures: [[String]], _ contents: ([String]) throws -> String
    ) throws -> Bool {
        let list = files.first { ["list_patition_label.txt", "list_partition_label.txt"].contains($0.last!) }
        guard let list else { return false }
        var labels: [String: Int] = [:]
        for line in try contents(list).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: " ")
            if parts.count == 2, let number = Int(parts[1].trimmingBlanks) {
                labels[String(parts[0].prefix { $0 != "." })] = number
            }
        }
        let aligned = pictures.filter { $0.last!.contains("_aligned.") }
        for file in aligned.isEmpty ? pictures : aligned {
            var stem = String(file.last!.prefix { $0 != "." })
            if stem.hasSuffix("_aligned") { stem.removeLast("_aligned".count) }
            guard let number = labels[stem], let name = ClassNumbering.rafdb.className(number) else { continue }
            named.append(
                .init(file: file, className: name, split: stem.hasPrefix("test") ? .publicTest : .training))
        }
        note = "taken for RAF-DB by \(list.last!)"
        return !named.isEmpty
    }

    /// CK+: `Emotion/S005/001/S005_001_00000011_emotion.txt` holds the number of the picture `S005_001_00000011.png`.
    /// Only these pictures, each the last of a sequence, have one.
    private mutating func readCohnKanade(
        _ files: [[String]], _ pictures: [[String]], _ contents: ([String]) throws -> String
    ) throws -> Bool {
        let ending = "_emotion.txt"
        var labels: [String: [String]] = [:]
        for file in files where file.last!.hasSuffix(ending) {
            labels[String(file.last!.dropLast(ending.count))] = file
        }
        if labels.isEmpty { return false }
        for picture in pictures {
            guard let file = labels[String(picture.last!.prefix { $0 != "." })] else { continue }
            guard let number = Double(try contents(file).trimmingBlanks), number >= 0, number < 100,
                let name = ClassNumbering.ckplus.className(Int(number))
            else { continue }
            named.append(.init(file: picture, className: name, split: .training))
        }
        note = "taken for CK+ by its files of emotions" + rest(pictures)
        return !named.isEmpty
    }
}
