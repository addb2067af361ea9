import CVideo4Linux
import Files
import Glibc

/// A camera that the kernel knows (Video4Linux).
public struct Camera: Sendable, Equatable {
    /// A size with the rates it is delivered at.
    public struct Size: Sendable, Equatable {
        public var width: Int
        public var height: Int
        /// Frames per second, fastest first; empty where the driver doesn't say.
        public var rates: [Double]

        package init(width: Int, height: Int, rates: [Double]) {
            self.width = width
            self.height = height
            self.rates = rates
        }
    }

    /// A way in which the camera delivers pixels.
    public struct Format: Sendable, Equatable {
        /// Four characters: `YUYV`, `MJPG`, ...
        public var code: String
        /// The driver's words.
        public var name: String
        /// Whether frames can be made of it here.
        public var isSupported: Bool
        /// Largest first. Where a driver gives a range, the usual sizes within it.
        public var sizes: [Size]

        package init(code: String, name: String, isSupported: Bool, sizes: [Size]) {
            self.code = code
            self.name = name
            self.isSupported = isSupported
            self.sizes = sizes
        }
    }

    /// `/dev/video0`
    public var device: String
    public var name: String
    public var driver: String
    public var formats: [Format]
    /// Why nothing more is known of it.
    public var error: CaptureError?

    /// All cameras by number; those that cannot be opened carry the error.
    public static func list() -> [Camera] { devices().compactMap(Camera.init(device:)) }

    /// The names of all video devices by number.
    static func devices() -> [String] {
        FolderTree.names(in: "/dev").compactMap { name in
            name.hasPrefix("video") ? Int(name.dropFirst(5)) : nil
        }.sorted().map { "/dev/video\($0)" }
    }

    /// `nil` for devices that capture nothing: outputs, decoders, data about frames.
    private init?(device: String) {
        self.device = device
        name = Camera.kernelName(of: device)
        driver = ""
        formats = []
        do {
            let opened = try VideoDevice(device)
            guard opened.information.captures != 0 else { return nil }
            name = opened.name
            driver = opened.driver
            formats = opened.formats()
        } catch {
            if case .cameraUnusable = error, name.isEmpty { return nil }
            self.error = error
        }
    }

    /// What the kernel calls a device, also where it may not be opened.
    private static func kernelName(of device: String) -> String {
        let path = "/sys/class/video4linux/\(device.dropFirst(5))/name"
        guard let bytes = try? FileBytes.read(path, limit: 4096) else { return "" }
        return String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0 }, as: UTF8.self)
    }
}

/// An open video device; closes itself.
final class VideoDevice {
    let path: String
    let descriptor: Int32
    let information: fermusic_v4l2_device

    /// Throws `CaptureError`.
    init(_ path: String) throws(CaptureError) {
        self.path = path
        descriptor = open(path.cPath, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw VideoDevice.error(path, errno, reading: "open") }
        var information = fermusic_v4l2_device()
        let status = fermusic_v4l2_query(descriptor, &information)
        self.information = information
        guard status == 0 else { throw .cameraUnusable(device: path, reason: "it is not a video device") }
    }

    deinit { close(descriptor) }

    var name: String { withUnsafeBytes(of: information.card) { VideoDevice.text($0) } }
    var driver: String { withUnsafeBytes(of: information.driver) { VideoDevice.text($0) } }

    static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The error for a request that failed with a system error number.
    static func error(_ path: String, _ number: Int32, reading action: String) -> CaptureError {
        switch number {
        case ENOENT: return .cameraMissing(device: path, others: Camera.list().map(\.device))
        case ENODEV, ENXIO: return .cameraUnplugged(device: path)
        case EBUSY: return .cameraBusy(device: path)
        case EACCES, EPERM: return .cameraForbidden(device: path)
        default:
            return .cameraUnusable(device: path, reason: "\(action): \(String(cString: strerror(number)))")
        }
    }

    /// What the camera can deliver.
    func formats() -> [Camera.Format] {
        var result: [Camera.Format] = []
        var format = fermusic_v4l2_format()
        // No driver has as many; a broken one could go on for ever.
        while result.count < 256, fermusic_v4l2_format_at(descriptor, UInt32(result.count), &format) == 0 {
            result.append(
                Camera.Format(
                    code: CameraPixels.text(format.code),
                    name: withUnsafeBytes(of: format.name) { VideoDevice.text($0) },
                    isSupported: CameraPixels(code: format.code) != nil, sizes: sizes(format.code)))
        }
        return result
    }

    private func sizes(_ code: UInt32) -> [Camera.Size] {
        var sizes: [(width: Int, height: Int)] = []
        var size = fermusic_v4l2_size()
        while sizes.count < 256, fermusic_v4l2_size_at(descriptor, code, UInt32(sizes.count), &size) == 0 {
            if size.is_range != 0 {
                sizes = VideoDevice.usualSizes(in: size)
                break
            }
            sizes.append((Int(size.width), Int(size.height)))
        }
        return sizes.sorted { ($0.width * $0.height, $0.width) > ($1.width * $1.height, $1.width) }.map {
            Camera.Size(width: $0.width, height: $0.height, rates: rates(code, $0.width, $0.height))
        }
    }

    private static func usualSizes(in range: fermusic_v4l2_size) -> [(width: Int, height: Int)] {
        let usual = [
            (160, 120), (320, 240), (640, 360), (640, 480), (720, 576), (800, 600), (1024, 768), (1280, 720),
            (1280, 960), (1920, 1080), (2560, 1440), (3840, 2160),
        ]
        let inside = usual.filter { (width, height) in
            (Int(range.width)...max(Int(range.width), Int(range.max_width))).contains(width)
                && (Int(range.height)...max(Int(range.height), Int(range.max_height))).contains(height)
                && (width - Int(range.width)) % max(1, Int(range.step_width)) == 0
                && (height - Int(range.height)) % max(1, Int(range.step_height)) == 0
        }
        return inside.isEmpty ? [(Int(range.max_width), Int(range.max_height))] : inside
    }

    private func rates(_ code: UInt32, _ width: Int, _ height: Int) -> [Double] {
        var rates: [Double] = []
        var rate = fermusic_v4l2_rate()
        while rates.count < 64,
            fermusic_v4l2_rate_at(
                descriptor, code, UInt32(width), UInt32(height), UInt32(rates.count), &rate) == 0
        {
            if rate.is_range != 0 {
                rates = [rate.rate] + [60, 30, 25, 15, 10, 5].filter { $0 < rate.rate && $0 > rate.lowest }
                break
            }
            rates.append(rate.rate)
        }
        return rates.filter { $0 > 0 }.sorted(by: >)
    }
}
