import FaceVision
import Testing

@Suite struct FrameAddressTests {
    @Test func kinds() throws {
        #expect(try FrameAddress("0") == .camera(device: "/dev/video0"))
        #expect(try FrameAddress("12") == .camera(device: "/dev/video12"))
        #expect(try FrameAddress("/dev/video3") == .camera(device: "/dev/video3"))
        #expect(try FrameAddress("-") == .standardInput)
        #expect(try FrameAddress("./0") == .path("./0"))
        #expect(try FrameAddress("a:b.mp4") == .path("a:b.mp4"))
        #expect(try FrameAddress("file:///tmp/a.mp4") == .path("/tmp/a.mp4"))
        #expect(try FrameAddress("RTSP://h/s") == .network(url: "RTSP://h/s"))
        #expect(throws: CaptureError.self) { try FrameAddress("concat://a|b") }
    }

    @Test func passwordsAreNotShown() throws {
        #expect(try FrameAddress("rtsp://me:se@cret@cam:554/a?b@c").name == "rtsp://cam:554/a?b@c")
        #expect(try FrameAddress("http://cam/a@b").name == "http://cam/a@b")
    }

    @Test func missingCamerasAreNamed() {
        #expect(throws: CaptureError.self) { try FrameSources.open("987") }
        let others = CaptureError.cameraMissing(device: "/dev/video9", others: ["/dev/video0"]).description
        #expect(others == "/dev/video9: no such camera; there is /dev/video0")
    }

    static let formats = [
        Camera.Format(
            code: "MJPG", name: "Motion-JPEG", isSupported: true,
            sizes: [
                .init(width: 1920, height: 1080, rates: [30, 15]), .init(width: 640, height: 480, rates: [30, 15]),
            ]),
        Camera.Format(
            code: "YUYV", name: "YUYV 4:2:2", isSupported: true,
            sizes: [.init(width: 1920, height: 1080, rates: [5]), .init(width: 640, height: 480, rates: [29.97, 15])]),
        Camera.Format(code: "H264", name: "H.264", isSupported: false, sizes: []),
    ]

    @Test(
        arguments: [
            (640, 480, 30.0, nil, "YUYV", 640, 29.97), (1920, 1080, 30, nil, "MJPG", 1920, 30),
            (1280, 720, 25, nil, "YUYV", 640, 29.97), (640, 480, 30, "mjpg", "MJPG", 640, 30),
            (1920, 1080, 5, nil, "YUYV", 1920, 5),
        ] as [(Int, Int, Double, String?, String, Int, Double)])
    func choosesTheNearest(_ c: (Int, Int, Double, String?, String, Int, Double)) throws {
        var options = CaptureOptions()
        (options.width, options.height, options.framesPerSecond, options.cameraFormat) = (c.0, c.1, c.2, c.3)
        let choice = try #require(CameraChoice.best(of: FrameAddressTests.formats, options: options))
        #expect(CameraPixels.text(choice.code) == c.4)
        #expect(choice.width == c.5 && choice.rate == c.6)
    }

    @Test func formatsThatAreNotThere() {
        var options = CaptureOptions()
        options.cameraFormat = "H264"
        #expect(CameraChoice.best(of: FrameAddressTests.formats, options: options) == nil)
        #expect(CameraChoice.best(of: [], options: CaptureOptions()) == nil)
    }
}
