import Glibc

/// Lines of a table cut into fields, without copying them.
struct CSVFields {
    var separator: UInt8 = 0x2C
    /// Of the last line; as long as the line's bytes are there.
    private(set) var fields: [UnsafeBufferPointer<UInt8>] = []

    /// What stands between the fields of a header: a comma, a semicolon or a tab.
    static func separator(of header: UnsafeBufferPointer<UInt8>) -> UInt8 {
        for separator in [UInt8(0x2C), 0x3B, 0x09] where header.contains(separator) { return separator }
        return 0x2C
    }

    /// Cuts a line at its separators; quotes around a field are taken off. FER2013's fields hold no commas or quotes.
    mutating func split(_ line: UnsafeBufferPointer<UInt8>) {
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
}
