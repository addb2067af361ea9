/// Rows in the text form of COPY.
struct CopyRows {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    mutating func end() {
        bytes.append(0x0A)
        isFirst = true
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    private mutating func begin() {
        if !isFirst { bytes.append(0x09) }
        isFirst = false
    }

    mutating func add(_ value: SQLValue) {
        begin()
        switch value {
        case .null: bytes += [0x5C, 0x4E]
        case .integer(let number): bytes.add(number)
        case .real(let number): bytes += "\(number)".utf8
        case .text(var text): text.withUTF8 { add($0) }
        }
    }

    private mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
        // Most texts have nothing that COPY would take for something else.
        if !text.contains(where: { $0 < 0x20 || $0 == 0x5C }) {
            bytes.append(contentsOf: text)
            return
        }
        for byte in text {
            switch byte {
            case 0x5C: bytes += [0x5C, 0x5C]
            case 0x09: bytes += [0x5C, 0x74]
            case 0x0A: bytes += [0x5C, 0x6E]
            case 0x0D: bytes += [0x5C, 0x72]
            // PostgreSQL's texts have no NUL.
            case 0: bytes += "\u{FFFD}".utf8
            default: bytes.append(byte)
            }
        }
    }

    /// A song's words, first how many they are.
    mutating func add(_ tokens: SearchTokens, title: String, artist: String, album: String) throws {
        var document: [UInt8] = []
        let words = try tokens.write(title: title, artist: artist, album: album, to: &document)
        begin()
        bytes.add(words)
        begin()
        // Letters, digits and what PostgreSQL writes between: nothing that COPY would take for something else.
        bytes += document
    }
}

extension [UInt8] {
    /// A number in decimal digits.
    mutating func add(_ number: Int) {
        guard number >= 10 else {
            if number >= 0 { append(UInt8(0x30 + number)) } else { self += "\(number)".utf8 }
            return
        }
        let start = count
        var rest = number
        while rest > 0 {
            append(UInt8(0x30 + rest % 10))
            rest /= 10
        }
        self[start...].reverse()
    }
}

/// Rows that belong to songs that were sent.
struct RowsToAdd {
    private(set) var artists = CopyRows()
    private(set) var identifiers = CopyRows()

    var isEmpty: Bool { artists.bytes.isEmpty && identifiers.bytes.isEmpty }
    /// So many that they should be sent.
    var isMuch: Bool { artists.bytes.count + identifiers.bytes.count > 4 << 20 }

    mutating func add(_ names: [String], of song: Int) {
        for artist in names {
            artists.add(.text(artist))
            artists.add(.integer(song))
            artists.end()
        }
    }

    mutating func add(_ identifier: SongIdentifier, of song: Int) {
        identifiers.add(.text(identifier.kind.rawValue))
        identifiers.add(.text(identifier.value))
        identifiers.add(.integer(song))
        identifiers.end()
    }
}
