import FaceVision
import Glibc
import Testing

/// Pictures that look like videos to FFmpeg, and videos that are pictures.
@Suite struct PictureKindTests {
    /// A Windows bitmap with 24 bits per pixel.
    private func bitmap(_ image: Image) -> [UInt8] {
        func number(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(value >> (8 * $0) & 255) } }
        let row = (image.width * 3 + 3) / 4 * 4, size = row * image.height
        var bytes = Array("BM".utf8) + number(54 + size, 4) + number(0, 4) + number(54, 4)
        bytes += number(40, 4) + number(image.width, 4) + number(image.height, 4) + number(1, 2) + number(24, 2)
        bytes += number(0, 4) + number(size, 4) + number(2835, 4) + number(2835, 4) + number(0, 8)
        for y in (0..<image.height).reversed() {
            for x in 0..<image.width {
                bytes += image.pixels[(y * image.width + x) * 3..<(y * image.width + x) * 3 + 3].reversed()
            }
            bytes += [UInt8](repeating: 0, count: row - image.width * 3)
        }
        return bytes
    }

    @Test(arguments: [FrameFormat.rgb, .gray]) func bitmapsArePictures(format: FrameFormat) throws {
        try withTemporaryFolder { folder in
            TestClip.write(bitmap(TestClip.frame(3)), to: "\(folder)/a.bmp")
            let frames = try allFrames(FrameSources.open("\(folder)/a.bmp", options: CaptureOptions(format: format)))
            try #require(frames.count == 1)
            #expect(frames[0].isPicture && frames[0].source == "\(folder)/a.bmp")
            #expect(TestClip.difference(frames[0].image, 3) <= (format == .rgb ? 2 : 20))
        }
    }

    @Test(arguments: ["lossy.webp", "lossless.webp"]) func webPIsAPicture(name: String) throws {
        let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Fuzzing/Corpus/images"
        let frames = try allFrames(FrameSources.open("\(folder)/\(name)"))
        try #require(frames.count == 1)
        #expect(frames[0].isPicture && frames[0].image.width == 11 && frames[0].image.height == 9)
    }

    @Test func aVideoOfOneFrameIsAPicture() throws {
        try withTemporaryFolder { folder in
            for count in [1, 2, 3] {
                try TestClip.write("\(folder)/a.mkv", frames: count, encoders: ["mjpeg"])
                let frames = try allFrames(FrameSources.open("\(folder)/a.mkv"))
                #expect(frames.map(\.isPicture) == [Bool](repeating: count == 1, count: count))
                #expect(frames.map(\.index) == Array(0..<count))
            }
        }
    }

    /// Moves the index of an MP4 file behind its frames (ISO 14496-12), where most programs write it.
    private func withIndexAtTheEnd(_ bytes: [UInt8]) throws -> [UInt8] {
        func number(_ bytes: [UInt8], _ place: Int) -> Int {
            bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        var boxes: [(type: String, bytes: [UInt8])] = []
        var place = 0
        while place + 8 <= bytes.count {
            let size = number(bytes, place)
            try #require(size >= 8 && place + size <= bytes.count)
            let type = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
            boxes.append((type, Array(bytes[place..<place + size])))
            place += size
        }
        let types = boxes.map(\.type)
        let first = try #require(types.firstIndex(of: "moov")), data = try #require(types.firstIndex(of: "mdat"))
        try #require(first < data)
        var index = boxes[first].bytes
        let tag = Array("stco".utf8), moved = index.count
        let table = try #require((0..<index.count - 4).first { Array(index[$0..<$0 + 4]) == tag })
        for entry in 0..<number(index, table + 8) {
            let at = table + 12 + 4 * entry, offset = number(index, at) - moved
            for k in 0..<4 { index[at + k] = UInt8(truncatingIfNeeded: offset >> (24 - 8 * k)) }
        }
        return boxes.filter { $0.type != "moov" }.flatMap(\.bytes) + index
    }

    @Test func indexAtTheEndNeedsAFile() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.mp4"
            // Longer than what the reader keeps of a pipe.
            try TestClip.write(path, frames: 80, width: 640, height: 480, encoders: ["mjpeg"])
            let bytes = try withIndexAtTheEnd(TestClip.bytes(path))
            TestClip.write(bytes, to: path)
            #expect(try allFrames(FrameSources.open(path)).count == 80)
            // As the shell opens it for `< a.mp4`.
            let descriptor = open(path, O_RDONLY)
            defer { close(descriptor) }
            #expect(try allFrames(FrameSources.open(descriptor: descriptor, name: "standard input")).count == 80)
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            let write = ends[1], read = ends[0]
            defer { close(read) }
            signal(SIGPIPE, SIG_IGN)
            TestThread.start {
                _ = bytes.withUnsafeBytes { Glibc.write(write, $0.baseAddress!, $0.count) }
                close(write)
            }
            do {
                _ = try allFrames(FrameSources.open(descriptor: read, name: "standard input"))
                Issue.record("it was read from a pipe")
            } catch {
                #expect("\(error)".contains("give the file itself"), "\(error)")
            }
        }
    }

    /// The second half of the file is noise: the frames that are missing are named.
    @Test func damagedEndsAreTold() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.mkv"
            try TestClip.write(path, frames: 75, encoders: ["mjpeg"])
            var bytes = TestClip.bytes(path), random = TestRandom(state: 5)
            for i in bytes.count / 2..<bytes.count { bytes[i] = .random(in: 0...255, using: &random) }
            TestClip.write(bytes, to: path)
            let source = try FrameSources.open(path)
            let frames = try allFrames(source)
            #expect(frames.count > 20 && frames.count < 60)
            #expect(!source.warnings.isEmpty)
        }
    }
}
