extension CSVFaceParser {
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
                all.dataset.add(
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
}
