/// Paths are bytes to the system, text to this program. What is not UTF-8 in them (a name from a Latin-1 system, say)
/// becomes private characters, U+10FE80 to U+10FEFF for the bytes 80 to FF, so that text names the very file again:
/// every call of the system takes `cPath`, every name it gives is read with `init(pathBytes:)`.
extension String {
    /// The text of a name or path that the system gave.
    public init(pathBytes pointer: UnsafePointer<CChar>) {
        if let text = String(validatingCString: pointer) {
            self = text
            return
        }
        var bytes: [UInt8] = []
        var at = pointer
        while at.pointee != 0 {
            bytes.append(UInt8(bitPattern: at.pointee))
            at += 1
        }
        self.init(pathBytes: bytes)
    }

    /// The text of a name or path as bytes.
    public init(pathBytes bytes: [UInt8]) {
        var text = String.UnicodeScalarView()
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var at = 0
        reading: while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                text.append(Unicode.UTF8.decode(encoded))
                at += encoded.count
            case .error(let length):
                for byte in bytes[at..<at + length] { text.append(Unicode.Scalar(0x10FE00 + UInt32(byte))!) }
                at += length
            case .emptyInput: break reading
            }
        }
        self.init(text)
    }

    /// The path's bytes for the system, with the zero at their end. (Swift passes the array as the pointer C wants.)
    public var cPath: [CChar] {
        // Only where the lead byte of such characters is, one can be.
        guard utf8.contains(0xF4) else { return Array(utf8CString) }
        var bytes: [CChar] = []
        bytes.reserveCapacity(utf8.count + 1)
        for scalar in unicodeScalars {
            if let byte = scalar.pathByte {
                bytes.append(CChar(bitPattern: byte))
            } else {
                for unit in UTF8.encode(scalar)! { bytes.append(CChar(bitPattern: unit)) }
            }
        }
        bytes.append(0)
        return bytes
    }

    // Bytes are looked at, not characters: an accent behind a slash would make one character with it.

    /// What comes before the last `/`; `.` if there is none.
    public var parentFolder: String {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }

    /// What comes behind the last `/`, slashes at the end left out; the whole if there is none.
    public var lastPathPart: String {
        utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? self
    }

    /// The name without what comes behind its last dot, unless that is its first character.
    public var withoutPathExtension: String {
        let name = lastPathPart
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return name }
        return String(name[..<dot])
    }
}

extension Unicode.Scalar {
    /// The byte of a path that this private character stands for.
    public var pathByte: UInt8? {
        (0x10FE80...0x10FEFF).contains(value) ? UInt8(truncatingIfNeeded: value) : nil
    }
}
