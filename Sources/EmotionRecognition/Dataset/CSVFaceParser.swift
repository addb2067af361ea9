import Emotions
import FaceVision
import Glibc
import TextCoding

/// Takes the lines of one CSV file.
///
/// Between fields stands a comma, a semicolon or a tab, as in the header; fields may be quoted. Labels are numbers
/// (`3`, `3.0`) or words. Pixels stand between blanks or commas, also as a list (`[70, 80]`), and may be written `70.0`.
struct CSVFaceParser {
    private let path: String
    private let options: DatasetReadOptions
    private var dataset: FaceDataset
    private var skipped: [DatasetError] = []
    /// Lines seen.
    private(set) var row = 0
    /// The line of each picture.
    private var rows: [Int] = []
    private var columns: (emotion: Int, pixels: Int, usage: Int?)?
    private var separator: UInt8 = 0x2C
    private var image: [UInt8]
    private var fields: [UnsafeBufferPointer<UInt8>] = []
    /// Places in `classNames` by the labels seen, where they are not FER2013's numbers.
    private var labels: [String: Int] = [:]
    private var classNames = FaceDataset.standardClassNames
    /// Rows whose Usage is the plain word for a test, and whether there is a part for validation.
    private var testRows: [Int] = []
    private var hasValidation = false
    /// FER2013's width and height: such pictures are brought to another size where one is asked for.
    private static let usualSize = 48

    init(path: String, options: DatasetReadOptions) {
        self.path = path
        self.options = options
        dataset = FaceDataset(size: options.size, classNames: classNames)
        image = [UInt8](repeating: 0, count: max(dataset.imageBytes, Self.usualSize * Self.usualSize))
    }

    /// Counts lines that others parse.
    mutating func passOver(_ lines: Int) { row += lines }

    /// What this parser has found, for others.
    var part: Part {
        Part(
            classNames: classNames, labels: dataset.labels, splits: dataset.splits, rows: rows, words: labels,
            testRows: testRows, hasValidation: hasValidation, skipped: skipped.map(Skipped.init))
    }

    /// A parser that has found what all have, this one's being that of the process.
    func joined(_ parts: [Part], by team: SharedReading) throws -> CSVFaceParser {
        var all = CSVFaceParser(path: path, options: options)
        all.row = row
        for part in parts {
            for name in part.classNames where !all.classNames.contains(name) { all.classNames.append(name) }
        }
        guard all.classNames.count <= 255 else { throw bad("more than 255 classes") }
        let count = parts.reduce(0) { $0 + $1.labels.count }, bytes = dataset.imageBytes
        let pixels = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count * bytes, 1))
        defer { pixels.deallocate() }
        var ranges: [Range<Int>] = []
        for part in parts {
            let start = ranges.last?.upperBound ?? 0
            ranges.append(start..<start + part.labels.count * bytes)
        }
        dataset.withUnsafePixels { own in
            if let base = own.baseAddress {
                (pixels + ranges[team.rank].lowerBound).update(from: base, count: own.count)
            }
        }
        team.exchange(pixels, parts: ranges)
        all.dataset = FaceDataset(size: options.size, classNames: all.classNames)
        all.dataset.reserve(count)
        for part in parts {
            let first = all.dataset.count
            let places = part.classNames.map { all.classNames.firstIndex(of: $0)! }
            for (at, label) in part.labels.enumerated() {
                all.dataset.append(
                    UnsafeBufferPointer(start: pixels + (first + at) * bytes, count: bytes),
                    label: places[Int(label)], split: part.splits[at], name: "row \(part.rows[at])")
            }
            all.testRows += part.testRows.map { $0 + first }
            all.labels.merge(part.words.mapValues { places[$0] }) { one, _ in one }
            all.hasValidation = all.hasValidation || part.hasValidation
            all.skipped += part.skipped.map { .badRow(path: path, row: $0.row, reason: $0.reason) }
        }
        return all
    }

    private func bad(_ reason: String) -> DatasetError { .badRow(path: path, row: row, reason: reason) }

    /// What was read. Throws `DatasetError.empty` if that is nothing.
    func loaded() throws -> LoadedDataset {
        guard dataset.count > 0 else {
            throw DatasetError.empty(path: path, reason: "no rows with pictures (expected emotion,pixels,Usage)")
        }
        var result = LoadedDataset(dataset: dataset, skipped: skipped)
        if hasValidation, !testRows.isEmpty {
            result.dataset.setSplit(.privateTest, of: testRows)
            result.notes.append(Note("validation pictures are PublicTest, test pictures PrivateTest"))
        }
        let renamed = labels.sorted { $0.key < $1.key }.filter { $0.key != classNames[$0.value] }
        if !renamed.isEmpty {
            let pairs = renamed.map { "\($0.key) = \(classNames[$0.value])" }
            result.notes.append(Note("classes: \(pairs.joined(separator: ", "))"))
        }
        if classNames.count > FaceDataset.standardClassNames.count {
            // Emotions there are, then others by name, as for folders.
            let present = Set(dataset.labels.map { classNames[Int($0)] })
            let emotions = Emotion.allCases.map(\.name)
            let order = emotions.filter(present.contains) + present.subtracting(emotions).sorted()
            result.dataset = result.dataset.relabelled(
                order, map: classNames.map { order.firstIndex(of: $0) ?? 0 })
            let others = present.subtracting(emotions).sorted()
            if !others.isEmpty {
                result.notes.append(Note("no emotions, classes of their own: \(others.joined(separator: ", "))"))
            }
        }
        return result
    }

    mutating func parse(_ line: UnsafeBufferPointer<UInt8>) throws {
        row += 1
        var line = line
        if line.last == 13 { line = UnsafeBufferPointer(rebasing: line.dropLast()) }
        if line.isEmpty { return }
        guard let columns else {
            separator = CSVFaceParser.separator(of: line)
            split(line)
            try readHeader()
            return
        }
        split(line)
        do {
            try readRow(columns)
        } catch let error as DatasetError {
            guard options.skipsBad else { throw error }
            skipped.append(error)
        }
    }

    private static func separator(of header: UnsafeBufferPointer<UInt8>) -> UInt8 {
        for separator in [UInt8(0x2C), 0x3B, 0x09] where header.contains(separator) { return separator }
        return 0x2C
    }

    /// Cuts a line at its separators; quotes around a field are taken off. FER2013's fields hold no commas or quotes.
    private mutating func split(_ line: UnsafeBufferPointer<UInt8>) {
        fields.removeAll(keepingCapacity: true)
        let base = line.baseAddress!
        // Separators in quotes or brackets are none, where there are such.
        let isPlain = memchr(base, 0x22, line.count) == nil && memchr(base, 0x5B, line.count) == nil
        var start = 0
        while start <= line.count {
            let end = isPlain ? plainEnd(line, start) : guardedEnd(line, start)
            var field = line[start..<end]
            while let first = field.first, first == 0x20 || first == 0x22 { field = field.dropFirst() }
            while let last = field.last, last == 0x20 || last == 0x22 { field = field.dropLast() }
            fields.append(UnsafeBufferPointer(rebasing: field))
            start = end + 1
        }
    }

    private func plainEnd(_ line: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        guard start < line.count, let found = memchr(line.baseAddress! + start, Int32(separator), line.count - start)
        else { return line.count }
        return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - line.baseAddress!
    }

    private func guardedEnd(_ line: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var isQuoted = false, isList = false
        for at in start..<line.count {
            switch line[at] {
            case 0x22: isQuoted.toggle()
            case 0x5B: isList = true
            case 0x5D: isList = false
            case separator where !isQuoted && !isList: return at
            default: break
            }
        }
        return line.count
    }

    private mutating func readHeader() throws {
        let names = fields.map { field -> String in
            let text = String(decoding: field, as: UTF8.self).lowercased()
            return text.filter { $0 != "\"" }.trimmingBlanks
        }
        func place(_ words: [String]) -> Int? { words.lazy.compactMap { names.firstIndex(of: $0) }.first }
        guard let emotion = place(["emotion", "label", "emotions", "class"]), let pixels = place(["pixels", "pixel"])
        else {
            throw bad("the header must name the columns emotion and pixels (and Usage)")
        }
        columns = (emotion, pixels, place(["usage", "split"]))
    }

    private mutating func readRow(_ columns: (emotion: Int, pixels: Int, usage: Int?)) throws {
        let needed = max(columns.emotion, columns.pixels, columns.usage ?? 0)
        guard fields.count > needed else { throw bad("\(fields.count) columns instead of \(needed + 1)") }
        let labelText = String(decoding: fields[columns.emotion].prefix(60), as: UTF8.self)
        let label = try label(labelText)
        var split = FaceDataset.Split.training
        if let usage = columns.usage {
            let text = String(decoding: fields[usage].prefix(20), as: UTF8.self)
            guard let known = FaceDataset.Split(name: text) else { throw bad("unknown Usage '\(text)'") }
            split = known
        }
        let found = try readPixels(fields[columns.pixels])
        let name = "row \(row)"
        if found == dataset.imageBytes {
            image.withUnsafeBufferPointer {
                dataset.append(UnsafeBufferPointer(rebasing: $0[..<found]), label: label, split: split, name: name)
            }
        } else if found == Self.usualSize * Self.usualSize {
            let picture = Image(width: Self.usualSize, height: Self.usualSize, pixels: Array(image[..<found]))
            picture.resized(width: dataset.size, height: dataset.size).pixels.withUnsafeBufferPointer {
                dataset.append($0, label: label, split: split, name: name)
            }
        } else {
            throw bad("\(found) pixels instead of \(dataset.imageBytes)")
        }
        rows.append(row)
        if split == .publicTest, let usage = columns.usage {
            let text = String(decoding: fields[usage].prefix(20), as: UTF8.self)
            if FaceDataset.Split.isTest(text) { testRows.append(dataset.count - 1) }
            if FaceDataset.Split.isValidation(text) { hasValidation = true }
        }
    }

    /// The place in `classNames` of a label.
    private mutating func label(_ text: String) throws -> Int {
        if options.classes == nil, let number = Int(text) { return try number7(number, text) }
        if let known = labels[text] { return known }
        var name: String?
        let bare = CSVFaceParser.wholeNumber(text)
        if let classes = options.classes {
            name = try classes.className(bare.map(String.init) ?? text, numbers: nil)
        } else if let bare {
            return try number7(bare, text)
        }
        if name == nil {
            switch ClassWord(text) {
            case .emotion(let emotion), .nearEmotion(let emotion): name = emotion.name
            case .other, .number:
                throw unclear("label '\(text)' is no emotion", fitting: [], text)
            }
        }
        let place = classNames.firstIndex(of: name!) ?? classNames.count
        if place == classNames.count {
            guard place < 255 else { throw bad("more than 255 classes") }
            classNames.append(name!)
            dataset = dataset.relabelled(classNames, map: Array(classNames.indices.dropLast()))
        }
        labels[text] = place
        return place
    }

    private func number7(_ number: Int, _ text: String) throws -> Int {
        guard FaceDataset.standardClassNames.indices.contains(number) else {
            let fitting = ClassNumbering.fitting([number]), reason = "label \(text) is not in 0...6"
            throw fitting.isEmpty ? bad(reason) : unclear(reason, fitting: fitting, text)
        }
        return number
    }

    private func unclear(_ reason: String, fitting: [ClassNumbering], _ label: String) -> DatasetError {
        .unclearClasses(
            path: path, row: row, reason: reason, remedy: .classes(fitting: fitting.map(\.rawValue), example: label))
    }

    /// `3`, `3.0`, `3.`
    private static func wholeNumber(_ text: String) -> Int? {
        if let number = Int(text) { return number }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].allSatisfy({ $0 == "0" }) else { return nil }
        return Int(parts[0])
    }

    /// Numbers into `image`; returns how many there are.
    private mutating func readPixels(_ text: UnsafeBufferPointer<UInt8>) throws -> Int {
        let row = row, path = path
        return try image.withUnsafeMutableBufferPointer { image in
            func bad(_ count: Int, _ reason: String) -> DatasetError {
                .badRow(path: path, row: row, reason: "pixel \(count + 1) \(reason)")
            }
            var count = 0
            var at = 0
            let end = text.count
            while at < end {
                var value = 0
                let start = at
                while at < end, case let digit = Int(text[at]) &- 48, digit >= 0, digit <= 9 {
                    value = value &* 10 &+ digit
                    at &+= 1
                    if value > 255 { throw bad(count, "is above 255") }
                }
                if at == start {
                    // A blank, a comma, a tab, brackets of a list.
                    guard [0x20, 0x2C, 0x3B, 0x09, 0x5B, 0x5D].contains(text[at]) else {
                        throw bad(count, "is not a number")
                    }
                    at &+= 1
                    continue
                }
                if count < image.count { image[count] = UInt8(truncatingIfNeeded: value) }
                if at < end, text[at] != 0x20 {
                    if text[at] == 0x2E {
                        at &+= 1
                        while at < end, text[at] == 0x30 { at &+= 1 }
                        if at < end, text[at] >= 0x31, text[at] <= 0x39 { throw bad(count, "is not a whole number") }
                    }
                    if at < end, ![0x20, 0x2C, 0x3B, 0x09, 0x5D].contains(text[at]) {
                        throw bad(count, "is not a number")
                    }
                }
                count &+= 1
                if at < end { at &+= 1 }
            }
            return count
        }
    }
}
