import ChildProcess
import FaceVision
import Foundation
import Synchronization
import Testing

private let cameraDevice = ProcessInfo.processInfo.environment["FERMUSIC_TEST_CAMERA"]

/// Against a real Video4Linux device, which must be the kernel's virtual camera `vivid`, whose picture and faults can be
/// set: see Scripts/test-camera.
@Suite(.serialized, .enabled(if: cameraDevice != nil, "no FERMUSIC_TEST_CAMERA"))
struct CameraDeviceTests {
    private var path: String { cameraDevice ?? "" }

    /// Sets one of vivid's controls.
    private func set(_ control: String) throws {
        let process = ChildProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/v4l2-ctl")
        process.arguments = ["-d", path, "-c", control]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    private func options(_ format: FrameFormat = .rgb, _ code: String? = "YUYV", width: Int = 320, height: Int = 180)
        -> CaptureOptions
    {
        var options = CaptureOptions(format: format)
        (options.width, options.height, options.framesPerSecond, options.cameraFormat) = (width, height, 10, code)
        return options
    }

    @Test func isListed() throws {
        let camera = try #require(Camera.list().first { $0.device == path })
        #expect(camera.error == nil && camera.driver == "vivid" && !camera.name.isEmpty)
        let format = try #require(camera.formats.first { $0.code == "YUYV" })
        #expect(format.isSupported)
        let size = try #require(format.sizes.first { $0.width == 640 && $0.height == 480 })
        #expect(size.rates.contains(10))
    }

    @Test(arguments: ["YUYV", "UYVY", "NV12", "YU12", "RGB3", "BGR3"]) func deliversColours(code: String) throws {
        try set("test_pattern=0")
        let source = try FrameSources.open(path, options: options(.rgb, code))
        #expect(source.isLive && source.description.hasPrefix("\(path), \(code) 320 x 180"))
        var frames: [Frame] = []
        for _ in 0..<4 { frames.append(try #require(try source.next())) }
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.time < $1.time && $0.index < $1.index })
        let image = frames[3].image
        #expect((image.width, image.height, image.channels) == (320, 180, 3))
        // Colour bars: white, yellow, cyan, green, magenta, red, blue, black; 75 % bright.
        let bars = [(1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0)]
        for (i, bar) in bars.enumerated() {
            let place = (150 * 320 + i * 40 + 20) * 3
            let seen = image.pixels[place..<place + 3].map { $0 > 96 ? 1 : 0 }
            #expect(seen == [bar.0, bar.1, bar.2], "bar \(i): \(image.pixels[place..<place + 3])")
        }
    }

    @Test func deliversBrightness() throws {
        try set("test_pattern=0")
        let rgb = try #require(try FrameSources.open(path, options: options(.rgb)).next())
        let gray = try #require(try FrameSources.open(path, options: options(.gray)).next())
        #expect(gray.image.channels == 1)
        // Below the text that counts frames.
        let a = rgb.image.grayscale.pixels.suffix(320 * 40), b = gray.image.pixels.suffix(320 * 40)
        let differences = zip(a, b).map { abs(Int($0) - Int($1)) }
        #expect(differences.reduce(0, +) < 3 * differences.count)
    }

    @Test func latencyIsKnown() throws {
        let source = try FrameSources.open(path, options: options())
        for _ in 0..<3 { _ = try source.next() }
        let frame = try #require(try source.next())
        #expect(frame.age > .zero && frame.age < .seconds(120))
        print("latency of a fetched frame: \(frame.age)")
    }

    @Test func busyAndMissingAndForbidden() throws {
        let first = try FrameSources.open(path, options: options())
        #expect(try first.next() != nil)
        #expect(throws: CaptureError.cameraBusy(device: path)) { try FrameSources.open(path, options: options()) }
        #expect(throws: CaptureError.cameraMissing(device: "/dev/video77", others: [path])) {
            try FrameSources.open("77", options: options())
        }
        if geteuid() == 0 {
            #expect(seteuid(65534) == 0)
            defer { _ = seteuid(0) }
            #expect(throws: CaptureError.cameraForbidden(device: path)) {
                try FrameSources.open(path, options: options())
            }
            #expect(Camera.list().first { $0.device == path }?.error == .cameraForbidden(device: path))
        }
        #expect(try first.next() != nil)
    }

    @Test(arguments: [
        ("disconnect=1", "the camera was unplugged"),
        ("inject_fatal_streaming_error=1", "cannot use the camera: reading a frame: Input/output error"),
    ])
    func comesBackAfter(_ control: String, _ reason: String) throws {
        let diary = LiveCaptureTests.Diary()
        let capture = try LiveCapture(path, options: options(.gray), onChange: diary.add)
        for _ in 0..<3 { #expect(try capture.next(within: 20) != nil) }
        try set(control)
        var frames = 0
        let end = ContinuousClock.now + .seconds(300)
        while frames < 3, .now < end {
            if let frame = try capture.next(within: 1), diary.states.count > 3, frame.index >= 0 { frames += 1 }
        }
        #expect(frames == 3)
        #expect(diary.states.contains(.waiting(reason: "\(path): \(reason)", seconds: 0.5)), "\(diary.states)")
        print("after \(control): \(diary.states.map(\.description))")
    }

    @Test func darknessIsReported() throws {
        let diary = LiveCaptureTests.Diary()
        try set("test_pattern=5")  // black
        try set("osd_text_mode=2")
        defer {
            try? set("test_pattern=0")
            try? set("osd_text_mode=0")
        }
        let capture = try LiveCapture(path, options: options(.gray), onChange: diary.add)
        let end = ContinuousClock.now + .seconds(300)
        while .now < end, !diary.states.contains(where: { if case .dark = $0 { true } else { false } }) {
            _ = try capture.next(within: 1)
        }
        #expect(diary.states.contains { if case .dark = $0 { true } else { false } }, "\(diary.states)")
    }

    @Test func cancellingWakesUp() throws {
        let options = options(), stamp = Stamp()
        let cancellation = options.cancellation
        let source = try FrameSources.open(path, options: options)
        TestThread.start {
            TestThread.sleep(0.5)
            stamp.set()
            cancellation.cancel()
        }
        while try source.next() != nil {}
        #expect(stamp.seconds < 300)
    }
}
