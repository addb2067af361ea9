/// The one thing of EXIF that matters for pictures: how the camera was held.
public enum EXIF {
    /// The orientation that a JPEG file's EXIF block says; upright where there is none or it makes no sense. Looks only
    /// at the segments before the picture data, and never beyond `bytes`.
    public static func orientation(ofJPEG bytes: [UInt8]) -> Orientation {
        guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return .upright }
        var place = 2
        while place + 4 <= bytes.count, bytes[place] == 0xFF {
            let marker = bytes[place + 1]
            if marker == 0xFF {  // fill byte
                place += 1
                continue
            }
            if marker == 0xDA || marker == 0xD9 { break }
            if marker == 0x01 || (0xD0...0xD7).contains(marker) {  // markers without a length
                place += 2
                continue
            }
            let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            let end = place + 2 + length
            guard length >= 2, end <= bytes.count else { break }
            if marker == 0xE1, bytes[place + 4..<end].starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {  // "Exif"
                return orientation(ofTIFF: bytes[place + 10..<end])
            }
            place = end
        }
        return .upright
    }

    /// The orientation that a PNG file's chunk `eXIf` says, before or behind the picture's data.
    public static func orientation(ofPNG bytes: [UInt8]) -> Orientation {
        var place = 8
        while place + 12 <= bytes.count {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - place - 12 else { break }
            if bytes[place + 4..<place + 8].elementsEqual("eXIf".utf8) {
                return orientation(ofBlock: bytes[place + 8..<place + 8 + length])
            }
            place += 12 + length
        }
        return .upright
    }

    /// The orientation that a WebP file's chunk `EXIF` says.
    public static func orientation(ofWebP bytes: [UInt8]) -> Orientation {
        var place = 12
        while place + 8 <= bytes.count {
            let length = bytes[place + 4..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - place - 8 else { break }
            if bytes[place..<place + 4].elementsEqual("EXIF".utf8) {
                return orientation(ofBlock: bytes[place + 8..<place + 8 + length])
            }
            place += 8 + length + length % 2
        }
        return .upright
    }

    /// Some programs write the beginning that JPEG files need elsewhere too.
    private static func orientation(ofBlock bytes: ArraySlice<UInt8>) -> Orientation {
        orientation(ofTIFF: bytes.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) ? bytes.dropFirst(6) : bytes)
    }

    /// Looks up tag 0x0112 in the first directory of a TIFF file or block (TIFF 6.0, section 2).
    public static func orientation(ofTIFF bytes: ArraySlice<UInt8>) -> Orientation {
        let isLittle: Bool
        switch bytes.prefix(4) {
        case [0x49, 0x49, 0x2A, 0]: isLittle = true
        case [0x4D, 0x4D, 0, 0x2A]: isLittle = false
        default: return .upright
        }
        func number(at offset: Int, size: Int) -> Int? {
            guard offset >= 0, offset + size <= bytes.count else { return nil }
            let part = bytes[bytes.startIndex + offset..<bytes.startIndex + offset + size]
            return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(at: 4, size: 4), let count = number(at: directory, size: 2) else {
            return .upright
        }
        for index in 0..<count {
            let entry = directory + 2 + index * 12
            guard let tag = number(at: entry, size: 2) else { break }
            // One 16-bit number, kept in the entry itself.
            if tag == 0x0112, number(at: entry + 2, size: 2) == 3, number(at: entry + 4, size: 4) == 1 {
                return number(at: entry + 8, size: 2).flatMap(Orientation.init) ?? .upright
            }
        }
        return .upright
    }
}
