import FaceVision
import Files
import Testing

/// The files that Scripts/fuzz starts from, and what was found with it or while looking for it.
@Suite struct ImageCorpusTests {
    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Fuzzing/Corpus/images"

    private func read(_ name: String) throws -> [UInt8] {
        try FileBytes.read("\(ImageCorpusTests.folder)/\(name)", limit: 1 << 20)
    }

    @Test(arguments: names(in: folder)) func isReadAndItsPiecesAreRefusedOrRead(name: String) throws {
        let bytes = try read(name)
        let image = try ImageFile.decode(bytes, name: name)
        #expect((image.width, image.height) == (name == "turned.jpg" ? (9, 11) : (11, 9)))
        // Two pictures are a photo with another behind it; Motion JPEG has three at least.
        #expect(JPEGSequence.judge(bytes[...], isComplete: true) == .single)
        for length in bytes.indices {
            let piece = Array(bytes.prefix(length))
            _ = try? ImageFile.decode(piece, name: name, grayscale: true)
            _ = EXIF.orientation(ofJPEG: piece)
            let early = JPEGSequence.judge(piece[...], isComplete: false)
            #expect(early == .undecided || early == .single)
        }
    }

    @Test func picturesBeyondTheLimitAreRefused() throws {
        let bytes = try read("gray.jpg")
        #expect(throws: ImageError.cannotRead(path: "x", reason: "11 x 9 pixels are too many; at most 98 are read")) {
            try ImageFile.decode(bytes, name: "x", maximumPixels: 98)
        }
        #expect(try ImageFile.decode(bytes, name: "x", maximumPixels: 99).width == 11)
    }

    /// A progressive JPEG of 8x8 grey pixels (ITU-T T.81, annex G): the mean, then each frequency bit by bit.
    private func progressive(bits: Int) -> [UInt8] {
        func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
            [0xFF, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
        }
        // One code, a single 0, for "nothing here".
        let code = [1] + [UInt8](repeating: 0, count: 15) + [0]
        var bytes: [UInt8] = [0xFF, 0xD8] + segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
        bytes += segment(0xC2, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]) + segment(0xC4, [0x00] + code)
        bytes += segment(0xC4, [0x10] + code) + segment(0xDA, [1, 1, 0, 0, 0, 0]) + [0x7F]
        for bit in (0..<UInt8(bits)).reversed() {
            let before = bit == UInt8(bits) - 1 ? 0 : bit + 1
            for frequency in 1...UInt8(63) {
                bytes += segment(0xDA, [1, 1, 0, frequency, frequency, before << 4 | bit]) + [0x7F]
            }
        }
        return bytes + [0xFF, 0xD9]
    }

    @Test func endlessRefinementIsRefused() throws {
        #expect(try ImageFile.decode(progressive(bits: 1), name: "x").pixels.allSatisfy { $0 == 128 })
        #expect(throws: ImageError.cannotRead(path: "x", reason: "more than 100 scans")) {
            try ImageFile.decode(progressive(bits: 2), name: "x")
        }
    }
}
