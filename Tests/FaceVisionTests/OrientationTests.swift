import FaceVision
import Testing

@Suite struct OrientationTests {
    /// A JPEG file whose EXIF data says how it is turned.
    static func jpeg(_ image: Image, orientation: Int, isLittle: Bool) -> [UInt8] {
        func number(_ value: Int, _ size: Int) -> [UInt8] {
            let bytes = (0..<size).map { UInt8(value >> (8 * $0) & 255) }
            return isLittle ? bytes : bytes.reversed()
        }
        let width = number(0x0100, 2) + number(3, 2) + number(1, 4) + number(7, 2) + [0, 0]
        let turn = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + [0, 0]
        let tiff =
            Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(2, 2) + width + turn
            + number(0, 4)
        let block = Array("Exif".utf8) + [0, 0] + tiff
        let length = block.count + 2
        let bytes = try! ImageFile.encodeJPEG(image, quality: 100)
        return bytes.prefix(2) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + block + bytes.dropFirst(2)
    }

    /// Each pixel of the upright picture comes from where `stored` says.
    @Test(arguments: Orientation.allCases) func placesAreKnown(orientation: Orientation) {
        let image = Image(width: 5, height: 3, pixels: (0..<15).map { UInt8($0) })
        let upright = image.turned(orientation)
        for y in 0..<upright.height {
            for x in 0..<upright.width {
                let place = orientation.stored(
                    Point(x: Double(x) + 0.5, y: Double(y) + 0.5), width: image.width, height: image.height)
                #expect(Int(place.y) * 5 + Int(place.x) == Int(upright.pixels[y * upright.width + x]))
            }
        }
    }

    /// Where the light quarter of a stored picture must be seen, and its size: by hand from the EXIF standard, which
    /// says for each value where the stored first row and first column are seen.
    static let corners: [(orientation: Int, right: Bool, bottom: Bool, swaps: Bool)] = [
        (1, false, false, false),  // top, left
        (2, true, false, false),  // top, right
        (3, true, true, false),  // bottom, right
        (4, false, true, false),  // bottom, left
        (5, false, false, true),  // left, top
        (6, true, false, true),  // right, top
        (7, true, true, true),  // right, bottom
        (8, false, true, true),  // left, bottom
    ]

    @Test(arguments: [true, false]) func allEightAreHonoured(isLittle: Bool) throws {
        // Light in the first quarter; the rest darkens along the stored rows, which tells mirrored from turned.
        let image = Image(
            width: 48, height: 32,
            pixels: (0..<48 * 32).map { $0 % 48 < 24 && $0 / 48 < 16 ? 255 : $0 % 48 >= 24 && $0 / 48 < 16 ? 120 : 20 })
        for (orientation, right, bottom, swaps) in OrientationTests.corners {
            let bytes = OrientationTests.jpeg(image, orientation: orientation, isLittle: isLittle)
            #expect(EXIF.orientation(ofJPEG: bytes).rawValue == orientation)
            let seen = try ImageFile.decode(bytes, name: "a.jpg", grayscale: true)
            #expect((seen.width, seen.height) == (swaps ? (32, 48) : (48, 32)))
            func tone(right: Bool, bottom: Bool) -> Int {
                Int(
                    seen.pixels[
                        (bottom ? seen.height * 3 / 4 : seen.height / 4) * seen.width
                            + (right ? seen.width * 3 / 4 : seen.width / 4)])
            }
            #expect(tone(right: right, bottom: bottom) > 230)
            // The other end of the first row lies across, or below when rows are seen as columns.
            #expect(abs(tone(right: swaps ? right : !right, bottom: swaps ? !bottom : bottom) - 120) < 20)
        }
    }

    @Test func valuesThatAreNoneAreUpright() {
        let image = Image(width: 4, height: 2, pixels: .init(repeating: 9, count: 8))
        for value in [0, 9, 255, 65535] {
            #expect(
                EXIF.orientation(ofJPEG: OrientationTests.jpeg(image, orientation: value, isLittle: true)) == .upright)
        }
        #expect(EXIF.orientation(ofJPEG: []) == .upright)
        #expect(EXIF.orientation(ofJPEG: TinyJPEG.bytes) == .upright)
    }

    @Test(arguments: [1, 3]) func turningBackGivesTheSame(channels: Int) {
        let image = ImageFileTests.picture(width: 7, height: 5, channels: channels)
        let back: [Orientation: Orientation] = [
            .turnClockwise: .turnCounterclockwise, .turnCounterclockwise: .turnClockwise,
        ]
        for orientation in Orientation.allCases {
            #expect(image.turned(orientation).turned(back[orientation] ?? orientation) == image)
        }
    }

    @Test func brokenBlocksNeverCrash() {
        var random = TestRandom(state: 11)
        let image = Image(width: 4, height: 2, pixels: .init(repeating: 9, count: 8))
        for round in 0..<6000 {
            var bytes = Array(
                OrientationTests.jpeg(image, orientation: 6, isLittle: round % 2 == 0).prefix(64))
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
            _ = EXIF.orientation(ofJPEG: bytes)
        }
    }

    @Test(arguments: [1, 3]) func jpegRoundTrip(channels: Int) throws {
        let image = Image(
            width: 37, height: 21, channels: channels,
            pixels: (0..<37 * 21 * channels).map { UInt8(60 + $0 / channels % 37 * 3) })
        for quality in [1, 50, 90, 100] {
            let read = try ImageFile.decode(
                try ImageFile.encodeJPEG(image, quality: quality), name: "a.jpg", grayscale: channels == 1)
            #expect((read.width, read.height, read.channels) == (37, 21, channels))
            let differences = zip(read.pixels, image.pixels).map { abs(Int($0) - Int($1)) }
            if quality >= 90 { #expect(differences.max()! <= 8) }
        }
        try withTemporaryFolder { folder in
            try ImageFile.writeJPEG(image, to: "\(folder)/a.jpg")
            #expect(try ImageFile.read("\(folder)/a.jpg").width == 37)
            #expect(names(in: folder) == ["a.jpg"])
        }
    }
}
