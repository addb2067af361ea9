import FaceVision
import Foundation
import Testing

/// One small picture of each kind, made by `Scripts/make-picture-fixtures.py`, and what Pillow sees in it.
@Suite struct PictureTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var image: Image
        var tolerance: Int
        var testDescription: String { name }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/pictures").path

    static let rows: [Row] = {
        let text = (try? String(contentsOfFile: "\(folder)/expected.txt", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { line in
            let parts = line.split(separator: " ")
            let hex = Array(parts[4].utf8)
            let pixels = stride(from: 0, to: hex.count, by: 2).map {
                UInt8(String(decoding: hex[$0..<$0 + 2], as: UTF8.self), radix: 16)!
            }
            return Row(
                name: String(parts[0]),
                image: Image(width: Int(parts[1])!, height: Int(parts[2])!, channels: 3, pixels: pixels),
                tolerance: Int(parts[3])!)
        }
    }()

    @Test func tableIsThere() { #expect(PictureTableTests.rows.count > 80) }

    @Test(arguments: rows) func asPillowSeesIt(row: Row) throws {
        let path = "\(PictureTableTests.folder)/\(row.name)"
        for gray in [false, true] {
            let expected = gray ? row.image.grayscale : row.image
            let image = try ImageFile.read(path, grayscale: gray)
            try #require((image.width, image.height) == (expected.width, expected.height))
            let difference = zip(image.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
            #expect(difference <= row.tolerance)
            // The same through the door of `predict`.
            let source = try FrameSources.open(path, options: CaptureOptions(format: gray ? .gray : .rgb))
            #expect(try source.next()?.image == image)
        }
    }

    @Test(arguments: rows) func recognisedByItsContents(row: Row) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(PictureTableTests.folder)/\(row.name)")))
        let ending = try #require(row.name.split(separator: ".").last.map(String.init))
        #expect(PictureFormat.detect(bytes)?.endings.contains(ending) == true)
    }

    @Test func limitIsNamed() throws {
        for name in ["o6.png", "o6.jpg", "o6.webp", "o6.heic", "o6.avif", "o6.tif", "plain.bmp", "plain.jp2"] {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(PictureTableTests.folder)/\(name)")))
            let error = #expect(throws: ImageError.self) {
                try ImageFile.decode(bytes, name: "x", maximumPixels: 100)
            }
            #expect(error?.description.contains("at most 100 are read") == true, "\(name): \(error as Any)")
        }
    }
}
