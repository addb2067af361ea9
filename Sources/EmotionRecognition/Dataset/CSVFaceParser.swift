import Emotions
import FaceVision
import Glibc
import TextCoding

/// Takes the lines of one CSV file.
///
/// Between fields stands a comma, a semicolon or a tab, as in the header; fields may be quoted. Labels are numbers
/// (`3`, `3.0`) or words. Pixels stand between blanks or commas, also as a list (`[70, 80]`), and may be written `70.0`.
struct CSVFaceParser {
    let path: String
    let options: DatasetReadOptions
    var dataset: FaceDataset
    var skipped: [DatasetError] = []
    /// Lines seen.
    var row = 0
    /// The line of each picture.
    var rows: [Int] = []
    private var columns: (emotion: Int, pixels: Int, usage: Int?)?
    private var image: [UInt8]
    private var cut = CSVFields()
    /// Places in `classNames` by the labels seen, where they are not FER2013's numbers.
    var labels: [String: Int] = [:]
    var classNames = FaceDataset.standardClassNames
    /// Rows whose Usage is the plain word for a test, and whether there is a part for validation.
    var testRows: [Int] = []
    var hasValidation = false
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

    func bad(_ reason: String) -> DatasetError { .badRow(path: path, row: row, reason: reason) }

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
            cut.separator = CSVFields.separator(of: line)
            cut.split(line)
            try readHeader()
            return
        }
        cut.split(line)
        do {
            try readRow(columns)
        } catch let error as DatasetError {
            guard options.skipsBad else { throw error }
            skipped.append(error)
        }
    }

    private mutating func readHeader() throws {
        let names = cut.fields.map { field -> String in
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
        let fields = cut.fields, needed = max(columns.emotion, columns.pixels, columns.usage ?? 0)
        guard fields.count > needed else { throw bad("\(fields.count) columns instead of \(needed + 1)") }
        let labelText = String(decoding: fields[columns.emotion].prefix(60), as: UTF8.self)
        let label = try label(labelText)
        var split = FaceDataset.Split.training
        if let usage = columns.usage {
            let text = String(decoding: fields[usage].prefix(20), as: UTF8.self)
            guard let known = FaceDataset.Split(name: text) else { throw bad("unknown Usage '\(text)'") }
            split = known
        }
        let found: Int
        do throws(CSVPixels.Failure) {
            found = try image.withUnsafeMutableBufferPointer { (image) throws(CSVPixels.Failure) in
                try CSVPixels.read(fields[columns.pixels], into: image)
            }
        } catch {
            throw bad(error.reason)
        }
        let name = "row \(row)"
        if found == dataset.imageBytes {
            image.withUnsafeBufferPointer {
                dataset.add(UnsafeBufferPointer(rebasing: $0[..<found]), label: label, split: split, name: name)
            }
        } else if found == Self.usualSize * Self.usualSize {
            let picture = Image(width: Self.usualSize, height: Self.usualSize, pixels: Array(image[..<found]))
            picture.resized(width: dataset.size, height: dataset.size).pixels.withUnsafeBufferPointer {
                dataset.add($0, label: label, split: split, name: name)
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
}
