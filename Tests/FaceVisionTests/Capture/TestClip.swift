import FaceVision
import Glibc

/// Tiny videos whose every frame can be recognised.
enum TestClip {
    static let colors: [(UInt8, UInt8, UInt8)] = [
        (200, 40, 40), (40, 180, 40), (50, 60, 210), (220, 210, 50), (30, 30, 30), (230, 230, 230),
    ]

    /// Four quarters, of which frame `index` shifts the colours.
    static func frame(_ index: Int, width: Int = 64, height: Int = 48) -> Image {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let quarter = (x * 2 / width) + 2 * (y * 2 / height)
                let (r, g, b) = colors[(index + quarter) % colors.count]
                pixels += [r, g, b]
            }
        }
        return Image(width: width, height: height, channels: 3, pixels: pixels)
    }

    /// The largest difference from the frame it should be, in the middle of each quarter.
    static func difference(_ image: Image, _ index: Int) -> Int {
        let wanted = frame(index, width: image.width, height: image.height)
        let expected = image.channels == 1 ? wanted.grayscale : wanted
        var largest = 0
        for y in [image.height / 4, image.height * 3 / 4] {
            for x in [image.width / 4, image.width * 3 / 4] {
                for c in 0..<image.channels {
                    let place = (y * image.width + x) * image.channels + c
                    largest = max(largest, abs(Int(image.pixels[place]) - Int(expected.pixels[place])))
                }
            }
        }
        return largest
    }

    @discardableResult
    static func write(
        _ path: String, frames: Int = 20, width: Int = 64, height: Int = 48, encoders: [String]? = nil,
        times: (Int) -> Double = { Double($0) / 25 }
    ) throws -> String? {
        let writer = try encoders.map { try VideoWriter(path, encoders: $0) } ?? VideoWriter(path)
        for i in 0..<frames { try writer.append(frame(i, width: width, height: height), at: times(i)) }
        try writer.finish()
        return writer.encoderName
    }

    static func jpeg(_ index: Int, width: Int = 64, height: Int = 48) -> [UInt8] {
        try! ImageFile.encodeJPEG(frame(index, width: width, height: height), quality: 95)
    }

    static func bytes(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = fread(&chunk, 1, chunk.count, file)
            if got == 0 { return result }
            result += chunk.prefix(got)
        }
    }

    static func write(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "w") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
}

/// All frames of a source.
func allFrames(_ source: any FrameSource) throws -> [Frame] {
    var frames: [Frame] = []
    while let frame = try source.next() { frames.append(frame) }
    return frames
}

func elapsed(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let time = try clock.measure(body)
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
}

/// A simple generator, so that failures repeat.
struct TestRandom: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
