/// What tells pictures that this program drew, heat maps and boxes, from photos: a word in the file, so that a folder can
/// be read again with what was written into it, whatever the files are called.
package enum PictureMark {
    /// A PNG chunk: `tEXt`, Software, fermusic, with its checksum.
    private static let chunk: [UInt8] = [
        0x00, 0x00, 0x00, 0x11, 0x74, 0x45, 0x58, 0x74, 0x53, 0x6F, 0x66, 0x74, 0x77, 0x61, 0x72, 0x65,
        0x00, 0x66, 0x65, 0x72, 0x6D, 0x75, 0x73, 0x69, 0x63, 0xAA, 0x28, 0x6F, 0xB4,
    ]
    /// A JPEG comment.
    private static let comment: [UInt8] = [0xFF, 0xFE, 0, 10] + Array("fermusic".utf8)
    /// Behind a PNG file's header; behind the JFIF segment that libjpeg writes first.
    private static let placeInPNG = 33, placeInJPEG = 20

    /// How many bytes of a file's beginning `isOn` needs.
    package static let headLength = 72

    /// Marks a PNG or JPEG file that `ImageFile` encoded.
    package static func put(on bytes: [UInt8]) -> [UInt8] {
        let isJPEG = bytes.starts(with: [0xFF, 0xD8])
        let place = isJPEG ? placeInJPEG : placeInPNG
        return Array(bytes[..<place]) + (isJPEG ? comment : chunk) + Array(bytes[place...])
    }

    /// Whether a file that begins like this is marked.
    package static func isOn(_ head: some Collection<UInt8>) -> Bool {
        head.dropFirst(placeInPNG).starts(with: chunk) && head.starts(with: [0x89, 0x50])
            || head.dropFirst(placeInJPEG).starts(with: comment) && head.starts(with: [0xFF, 0xD8])
    }
}

/// The same for videos: a tag of their container.
enum VideoMark {
    static let key = "comment"
    static let value = "drawn by fermusic"
}
