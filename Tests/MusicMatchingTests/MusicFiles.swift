/// Music files made by hand: silence with tags.
enum MusicFiles {
    /// How the text of a tag is written.
    enum Encoding { case latin1, utf16, utf8, raw([UInt8]) }

    /// MPEG-1 layer 3 at 128 kbit/s and 44.1 kHz, all of it silent; 38 frames last a second.
    static func mp3(frames: Int = 20, id3v2: [UInt8] = [], id3v1: [UInt8] = []) -> [UInt8] {
        let frame: [UInt8] = [0xFF, 0xFB, 0x90, 0x00] + [UInt8](repeating: 0, count: 413)
        return id3v2 + (0..<frames).flatMap { _ in frame } + id3v1
    }

    /// ID3 version 2.2, 2.3 or 2.4 with text frames; names of 2.2 have three letters.
    static func id3v2(_ version: UInt8, _ frames: [(name: String, text: String)], _ encoding: Encoding = .latin1)
        -> [UInt8]
    {
        var body: [UInt8] = []
        for (name, text) in frames {
            let value: [UInt8]
            switch encoding {
            case .latin1: value = [0] + text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            case .utf16: value = [1, 0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            case .utf8: value = [3] + Array(text.utf8)
            case .raw(let bytes): value = [0] + bytes
            }
            body += Array(name.utf8)
            switch version {
            case 2: body += [0, UInt8(value.count >> 8), UInt8(value.count & 0xFF)]
            case 3: body += [0, 0, UInt8(value.count >> 8), UInt8(value.count & 0xFF), 0, 0]
            default: body += [0, 0, UInt8(value.count >> 7), UInt8(value.count & 0x7F), 0, 0]
            }
            body += value
        }
        return Array("ID3".utf8) + [version, 0, 0, 0, 0, UInt8(body.count >> 7 & 0x7F), UInt8(body.count & 0x7F)] + body
    }

    static func id3v1(_ title: [UInt8], _ artist: [UInt8]) -> [UInt8] {
        func field(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
            Array(bytes.prefix(count)) + [UInt8](repeating: 0, count: max(0, count - bytes.count))
        }
        return Array("TAG".utf8) + field(title, 30) + field(artist, 30) + field([], 30) + field(Array("1999".utf8), 4)
            + field([], 30) + [17]
    }

    static func song(_ title: String, _ artist: String, frames: Int = 20) -> [UInt8] {
        mp3(frames: frames, id3v2: id3v2(4, [("TIT2", title), ("TPE1", artist)], .utf8))
    }
}
