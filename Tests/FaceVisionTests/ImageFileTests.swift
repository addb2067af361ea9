import FaceVision
import Foundation
import Testing

@Suite struct ImageFileTests {
    /// A picture whose samples all differ from their neighbours.
    static func picture(width: Int, height: Int, channels: Int) -> Image {
        Image(
            width: width, height: height, channels: channels,
            pixels: (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 7) })
    }

    @Test(arguments: [(1, 1, 1), (48, 48, 1), (17, 3, 1), (5, 31, 3), (64, 64, 3)])
    func pngRoundTrip(width: Int, height: Int, channels: Int) throws {
        let image = ImageFileTests.picture(width: width, height: height, channels: channels)
        let decoded = try ImageFile.decode(ImageFile.encodePNG(image), name: "x.png", grayscale: channels == 1)
        #expect(decoded == image)
    }

    @Test func grayPNGDecodesToEqualColours() throws {
        let image = ImageFileTests.picture(width: 6, height: 4, channels: 1)
        let decoded = try ImageFile.decode(ImageFile.encodePNG(image), name: "x.png")
        #expect(decoded.channels == 3)
        #expect(decoded.pixels == image.pixels.flatMap { [$0, $0, $0] })
    }

    @Test func colourDecodesToItsLuma() throws {
        let image = ImageFileTests.picture(width: 9, height: 5, channels: 3)
        let decoded = try ImageFile.decode(ImageFile.encodePNG(image), name: "x.png", grayscale: true)
        #expect(decoded == image.grayscale)
    }

    @Test func lumaWeights() {
        let image = Image(
            width: 5, height: 1, channels: 3,
            pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0])
        #expect(image.grayscale.pixels == [76, 150, 29, 255, 0])
    }

    @Test func writesAndReadsAFile() throws {
        try withTemporaryFolder { folder in
            let image = ImageFileTests.picture(width: 12, height: 8, channels: 1)
            try ImageFile.writePNG(image, to: "\(folder)/a.png")
            #expect(try ImageFile.read("\(folder)/a.png", grayscale: true) == image)
            #expect(names(in: folder) == ["a.png"])  // no temporary file is left
        }
    }

    @Test func writingIntoAMissingFolderFails() {
        #expect(throws: ImageError.cannotWrite(path: "/missing/a.png", reason: "No such file or directory")) {
            try ImageFile.writePNG(ImageFileTests.picture(width: 2, height: 2, channels: 1), to: "/missing/a.png")
        }
    }

    static let bad: [(contents: [UInt8], reason: String)] = [
        ([], "the file is empty"),
        (Array("GIF89a".utf8), "neither a picture nor a video, or damaged at its beginning"),
        (Array("just text\n".utf8), "not a picture that is read: \(PictureFormat.list)"),
        (Array(TinyJPEG.bytes.prefix(TinyJPEG.bytes.count / 2)), "Premature end of JPEG file"),
        ([0xFF, 0xD8], "Premature end of JPEG file"),
        (
            TinyPNG.header(width: 30000, height: 30000),
            "30000 x 30000 pixels are too many; at most 200 million are read"
        ),
    ]

    @Test(arguments: bad.indices) func badFilesAreNamed(index: Int) {
        let (contents, reason) = ImageFileTests.bad[index]
        #expect(throws: ImageError.cannotRead(path: "x.jpg", reason: reason)) {
            try ImageFile.decode(contents, name: "x.jpg", grayscale: true)
        }
    }

    /// 4 x 3 pixels, made by Pillow: red grows to the right, green downwards, blue is 200.
    private static let webP =
        "UklGRjgAAABXRUJQVlA4TCsAAAAvA4AAAF9AkG0zrAPV3+IOwzPI89+DDLBcAIIAEqUUUhhuhRVGjeh/UJcDAA=="

    @Test func readsWebP() throws {
        let bytes = [UInt8](try #require(Data(base64Encoded: ImageFileTests.webP)))
        let image = try ImageFile.decode(bytes, name: "a.webp")
        #expect((image.width, image.height) == (4, 3))
        var expected: [UInt8] = []
        for y: UInt8 in 0..<3 {
            for x: UInt8 in 0..<4 { expected += [x * 60, y * 100, 200] }
        }
        #expect(image.pixels == expected)
        #expect(try ImageFile.decode(bytes, name: "a.webp", grayscale: true) == image.grayscale)
        #expect(throws: ImageError.cannotRead(path: "a", reason: "4 x 3 pixels are too many; at most 11 are read")) {
            try ImageFile.decode(bytes, name: "a", maximumPixels: 11)
        }
        for length in [12, 13, 20, 40] {
            let reason = length == 12 ? "not a picture that is read: \(PictureFormat.list)" : "damaged WebP data"
            #expect(throws: ImageError.cannotRead(path: "a", reason: reason)) {
                try ImageFile.decode(Array(bytes.prefix(length)), name: "a")
            }
        }
    }

    @Test func truncatedPNGFails() {
        let bytes = ImageFile.encodePNG(ImageFileTests.picture(width: 20, height: 20, channels: 1))
        for length in [4, 8, 20, 40, bytes.count / 2] {
            #expect(throws: ImageError.self) { try ImageFile.decode(Array(bytes.prefix(length)), name: "x.png") }
        }
    }

    @Test func errorsAreOneLine() {
        #expect(throws: ImageError.cannotRead(path: "/missing.png", reason: "No such file or directory")) {
            try ImageFile.read("/missing.png")
        }
        #expect(
            ImageError.cannotRead(path: "a.png", reason: "the file is empty").description
                == "a.png: cannot read the image: the file is empty")
        #expect(throws: ImageError.cannotRead(path: "/tmp", reason: "is a folder")) { try ImageFile.read("/tmp") }
    }

    @Test func decodesJPEG() throws {
        let image = try ImageFile.decode(TinyJPEG.bytes, name: "x.jpg", grayscale: true)
        #expect((image.width, image.height, image.channels) == (8, 8, 1))
        #expect(image.pixels.allSatisfy { abs(Int($0) - 128) <= 2 })
    }
}
