import CFFmpeg
import CVideo4Linux
import Files
import Glibc
import MediaFiles
import Timing

/// A camera. `next` gives the newest frame that there is; older ones that nobody fetched are dropped.
final class CameraSource: FrameSource {
    private let path: String
    private let device: VideoDevice
    private let ffmpeg: FFmpeg
    private let pixels: CameraPixels
    private let picture: fermusic_v4l2_picture
    private let converter: FrameConverter
    private let decoder: VideoDecoder?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var raw: UnsafeMutablePointer<AVFrame>?
    private var buffers: [UnsafeMutableRawBufferPointer] = []
    private let limit: WaitLimit

    let isLive = true
    let cancellation: Cancellation
    let description: String

    private var index = 0
    private var firstTime: Int64?
    /// Few, so that memory stays small and no frame is old; one is being filled while the others wait.
    private static let bufferCount: UInt32 = 4

    /// Opens the camera and starts it. Throws `CaptureError`.
    init(_ path: String, options: CaptureOptions) throws(CaptureError) {
        self.path = path
        ffmpeg = try capturing(FFmpeg.load)
        device = try VideoDevice(path)
        guard device.information.captures != 0, device.information.streams != 0 else {
            let reason =
                device.information.captures_planes != 0
                ? "it delivers its planes apart, which is not supported" : "it captures no video"
            throw .cameraUnusable(device: path, reason: reason)
        }
        var rate = 0.0
        picture = try CameraSource.configure(device, options: options, rate: &rate)
        guard let pixels = CameraPixels(code: picture.code) else {
            throw .cameraUnusable(
                device: path, reason: "its pixel format \(CameraPixels.text(picture.code)) is unknown")
        }
        self.pixels = pixels
        let name = CameraPixels.text(picture.code)
        let rateText = rate > 0 ? ", \(Int(rate.rounded())) frames/s" : ""
        description = "\(path), \(name) \(picture.width) x \(picture.height)\(rateText)"
        cancellation = options.cancellation
        limit = WaitLimit(options.cancellation, seconds: options.timeout)
        converter = FrameConverter(ffmpeg, format: options.format, name: path)
        if case .compressed(let codec) = pixels.kind {
            decoder = VideoDecoder(ffmpeg, codec: codec, threads: options.decodingThreads ?? 1, isLive: true)
            if decoder == nil { throw .cameraUnusable(device: path, reason: "no decoder for \(name)") }
        } else {
            decoder = nil
        }
        packet = ffmpeg.av_packet_alloc()
        raw = ffmpeg.av_frame_alloc()
        try start()
    }

    deinit {
        _ = fermusic_v4l2_stop(device.descriptor)
        for buffer in buffers { munmap(buffer.baseAddress, buffer.count) }
        ffmpeg.av_packet_free(&packet)
        ffmpeg.av_frame_free(&raw)
    }

    /// Agrees with the driver on a format; the driver has the last word.
    private static func configure(_ device: VideoDevice, options: CaptureOptions, rate: inout Double)
        throws(CaptureError) -> fermusic_v4l2_picture
    {
        let formats = device.formats()
        guard let choice = CameraChoice.best(of: formats, options: options) else {
            let known = formats.map(\.code).joined(separator: ", ")
            throw .cameraUnusable(
                device: device.path,
                reason: "it has \(known.isEmpty ? "no formats" : "only \(known)")"
                    + (options.cameraFormat.map { ", not \($0)" } ?? ""))
        }
        var picture = fermusic_v4l2_picture()
        picture.code = choice.code
        picture.width = UInt32(clamping: choice.width)
        picture.height = UInt32(clamping: choice.height)
        let status = fermusic_v4l2_set_format(device.descriptor, &picture)
        guard status == 0 else { throw VideoDevice.error(device.path, status, reading: "setting the format") }
        let count = Int(picture.width) * Int(picture.height)
        guard count > 0 else { throw .cameraUnusable(device: device.path, reason: "its frames are empty") }
        guard count <= ImageFile.maximumPixels else {
            throw .tooLarge(source: device.path, width: Int(picture.width), height: Int(picture.height))
        }
        rate = choice.rate
        if fermusic_v4l2_set_rate(device.descriptor, &rate) != 0 { rate = 0 }
        return picture
    }

    private func start() throws(CaptureError) {
        var count = CameraSource.bufferCount
        try check(fermusic_v4l2_request_buffers(device.descriptor, &count), "asking for buffers")
        guard count > 0 else { throw .cameraUnusable(device: path, reason: "it gives no buffers") }
        for index in 0..<count {
            var memory: UnsafeMutableRawPointer?
            var length = 0
            try check(fermusic_v4l2_map(device.descriptor, index, &memory, &length), "mapping a buffer")
            buffers.append(UnsafeMutableRawBufferPointer(start: memory, count: length))
            try check(fermusic_v4l2_queue(device.descriptor, index), "queueing a buffer")
        }
        try check(fermusic_v4l2_start(device.descriptor), "starting")
    }

    private func check(_ status: Int32, _ action: String) throws(CaptureError) {
        if status != 0 { throw VideoDevice.error(path, status, reading: action) }
    }

    func next() throws -> Frame? {
        limit.restart()
        while limit.waitForInput(device.descriptor) {
            guard let filled = try newest() else { continue }
            let image: Image?
            do {
                defer { _ = fermusic_v4l2_queue(device.descriptor, filled.index) }
                image = try decode(filled)
            }
            guard let image else { continue }
            return makeFrame(image, filled)
        }
        if cancellation.isCancelled { return nil }
        throw CaptureError.cameraSilent(device: path, seconds: limit.seconds)
    }

    /// Takes all frames that are ready and keeps the last; `nil` if there is none after all.
    private func newest() throws(CaptureError) -> fermusic_v4l2_frame? {
        var kept: fermusic_v4l2_frame?
        while true {
            var frame = fermusic_v4l2_frame()
            let status = fermusic_v4l2_dequeue(device.descriptor, &frame)
            if status == EAGAIN { break }
            guard status == 0 else {
                // Some drivers report a cable pulled out as an input/output error and vanish a moment later.
                if access(path.cPath, F_OK) != 0 { throw .cameraUnplugged(device: path) }
                throw VideoDevice.error(path, status, reading: "reading a frame")
            }
            index += 1
            if let older = kept { _ = fermusic_v4l2_queue(device.descriptor, older.index) }
            kept = frame
            if frame.is_damaged != 0 || Int(frame.index) >= buffers.count {
                _ = fermusic_v4l2_queue(device.descriptor, frame.index)
                kept = nil
            }
        }
        return kept
    }

    private func makeFrame(_ image: Image, _ filled: fermusic_v4l2_frame) -> Frame {
        let now = monotonicNanoseconds()
        // A driver's clock that is not the kernel's, or nonsense, must not count.
        let isUsable = filled.is_monotonic != 0 && filled.nanoseconds <= now && now - filled.nanoseconds < 5_000_000_000
        let taken = isUsable ? filled.nanoseconds : now
        let first = firstTime ?? taken
        firstTime = first
        return Frame(
            image: image, time: Double(taken - first) * 1e-9, index: index - 1,
            capturedAt: .now - .nanoseconds(now - taken), source: path)
    }

    /// `nil` for a damaged frame, as happens on a bad cable.
    private func decode(_ filled: fermusic_v4l2_frame) throws(CaptureError) -> Image? {
        let buffer = buffers[Int(filled.index)]
        let bytes = min(Int(filled.bytes), buffer.count)
        guard let memory = buffer.bindMemory(to: UInt8.self).baseAddress, bytes > 0 else { return nil }
        switch pixels.kind {
        case .compressed: return try decompress(memory, bytes)
        case .raw(let format, let bytesPerPixel, _):
            let width = Int(picture.width), height = Int(picture.height)
            let stride = max(Int(picture.bytes_per_line), width * bytesPerPixel)
            guard let raw, bytes >= pixels.bytesNeeded(stride: stride, height: height) else { return nil }
            raw.pointee.width = Int32(width)
            raw.pointee.height = Int32(height)
            raw.pointee.format = format.rawValue
            raw.pointee.color_range = picture.is_full_range != 0 ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
            if format == AV_PIX_FMT_GRAY8 { raw.pointee.color_range = AVCOL_RANGE_JPEG }
            raw.pointee.data.0 = memory
            raw.pointee.linesize.0 = Int32(stride)
            if format == AV_PIX_FMT_NV12 {
                raw.pointee.data.1 = memory + stride * height
                raw.pointee.linesize.1 = Int32(stride)
            } else if format == AV_PIX_FMT_YUV420P {
                raw.pointee.data.1 = memory + stride * height
                raw.pointee.data.2 = memory + stride * height + stride / 2 * (height / 2)
                raw.pointee.linesize.1 = Int32(stride / 2)
                raw.pointee.linesize.2 = Int32(stride / 2)
            }
            return try converter.image(raw, frames: index)
        }
    }

    private func decompress(_ memory: UnsafePointer<UInt8>, _ bytes: Int) throws(CaptureError) -> Image? {
        guard let decoder, let packet, ffmpeg.av_new_packet(packet, Int32(bytes)) == 0 else { return nil }
        packet.pointee.data.update(from: memory, count: bytes)
        let status = decoder.send(packet)
        ffmpeg.av_packet_unref(packet)
        guard status == 0, case .frame(let frame) = decoder.receive() else { return nil }
        return try converter.image(frame, frames: index)
    }
}
