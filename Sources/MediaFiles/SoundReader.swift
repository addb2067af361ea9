import CFFmpeg

/// The sound of a file as float samples, in one or several formats at once: whatever FFmpeg knows, in blocks, so that
/// memory does not depend on the length.
package final class SoundReader {
    package let name: String
    package let description: SoundDescription
    private let ffmpeg: FFmpeg
    private let container: SoundContainer
    private var decoder: UnsafeMutablePointer<AVCodecContext>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var converters: [SoundConverter]
    /// In seconds of the file: what is wanted, and how far it has been read.
    private let start: Double
    private let end: Double
    private var place: Double?
    /// Where the first sample that was given is, in seconds.
    package private(set) var begin = 0.0
    private var state = State.reading
    private var hasBegun = false
    /// Damaged packets and frames so far; many in a row are the end.
    private var damage = 0

    private enum State { case reading, draining, ended }

    /// Opens a file. Throws `MediaError`: also for what has no sound, and for what is protected.
    /// - Parameters:
    ///   - start: seconds that are left out; where only what comes next can be read, they are read over.
    ///   - seconds: the most that is read.
    ///   - formats: what `read` gives, in this order.
    ///   - cancellation: ends reading.
    package convenience init(
        path: String, start: Double = 0, seconds: Double = .infinity, formats: [SoundFormat],
        cancellation: Cancellation = Cancellation()
    ) throws(MediaError) {
        let input = try StreamInput(path: path, limit: WaitLimit(cancellation, seconds: 10))
        try self.init(try SoundContainer(try FFmpeg.load(), input), seconds) { _ in (start, formats) }
    }

    /// - Parameter plan: says where to begin and what `read` gives, once it is known what the file says about itself.
    package convenience init(
        path: String, seconds: Double, cancellation: Cancellation = Cancellation(), plan: Plan
    ) throws(MediaError) {
        let input = try StreamInput(path: path, limit: WaitLimit(cancellation, seconds: 10))
        try self.init(try SoundContainer(try FFmpeg.load(), input), seconds, plan)
    }

    /// The same of bytes that are there already.
    package convenience init(
        bytes: [UInt8], name: String, seconds: Double, cancellation: Cancellation = Cancellation(), plan: Plan
    ) throws(MediaError) {
        let input = StreamInput(bytes: bytes, name: name, limit: WaitLimit(cancellation, seconds: 10))
        try self.init(try SoundContainer(try FFmpeg.load(), input), seconds, plan)
    }

    package typealias Plan = (SoundDescription) -> (start: Double, formats: [SoundFormat])

    private init(_ container: SoundContainer, _ seconds: Double, _ plan: Plan) throws(MediaError) {
        self.container = container
        ffmpeg = container.ffmpeg
        name = container.name
        description = container.description
        let (start, formats) = plan(description)
        self.start = max(start, 0)
        end = self.start + seconds
        let rate = description.rate, ffmpeg = ffmpeg
        converters = formats.map { SoundConverter(ffmpeg, rate: $0.rate ?? rate, channels: $0.channels) }
        rates = converters.map(\.rate)
        packet = ffmpeg.av_packet_alloc()
        frame = ffmpeg.av_frame_alloc()
        decoder = fermusic_decoder(ffmpeg.table, container.codec, container.parameters, 1 << 24, 1, 0)
        guard packet != nil, frame != nil else { throw .cannotOpen(source: name, reason: "out of memory") }
        guard decoder != nil else {
            throw .cannotOpen(source: name, reason: "nothing here reads its sound (\(description.codec))")
        }
        if self.start > 0 { container.seek(self.start) }
    }

    deinit {
        ffmpeg.av_packet_free(&packet)
        ffmpeg.av_frame_free(&frame)
        ffmpeg.avcodec_free_context(&decoder)
    }

    /// The rate of the samples of each format.
    package let rates: [Int]

    /// Decodes on and calls `body` with the format's number and its samples, valid only there. False at the end.
    /// Throws `MediaError` when cancelled or when the file is too damaged to go on.
    package func read(_ body: (Int, UnsafeBufferPointer<Float>) -> Void) throws(MediaError) -> Bool {
        guard let packet, let frame, let decoder else { return false }
        while state != .ended {
            // Time counts while a packet is waited for: whoever reads may be slow, as players are.
            if container.limit.cancellation.isCancelled { throw .stopped(source: name) }
            let status = ffmpeg.avcodec_receive_frame(decoder, frame)
            if status >= 0 {
                defer { ffmpeg.av_frame_unref(frame) }
                if try take(frame, body) { return true }
            } else if status == FFmpeg.tryAgain, state == .reading {
                if !container.read(packet) {
                    state = .draining
                    _ = ffmpeg.avcodec_send_packet(decoder, nil)
                } else {
                    let sent = ffmpeg.avcodec_send_packet(decoder, packet)
                    ffmpeg.av_packet_unref(packet)
                    if sent < 0, sent != FFmpeg.tryAgain { try note(sent) }
                }
            } else if status == FFmpeg.endOfFile || status == FFmpeg.tryAgain || state == .draining {
                state = .ended
            } else {
                try note(status)
            }
        }
        var gave = false
        for (index, converter) in converters.enumerated() {
            _ = converter.convert(nil) {
                gave = true
                body(index, $0)
            }
        }
        converters = []
        return gave
    }

    /// Whether it gave samples.
    private func take(
        _ frame: UnsafeMutablePointer<AVFrame>, _ body: (Int, UnsafeBufferPointer<Float>) -> Void
    ) throws(MediaError) -> Bool {
        let count = Double(frame.pointee.nb_samples), rate = Double(frame.pointee.sample_rate)
        guard count > 0, rate > 0 else { return false }
        if place == nil { place = container.seconds(frame.pointee.pts) ?? container.landed }
        let from = place ?? 0
        place = from + count / rate
        if from >= end {
            state = .ended
            return false
        }
        // Whole frames only: they are some hundredths of a second.
        if from + count / rate <= start { return false }
        if !hasBegun {
            hasBegun = true
            begin = max(from, 0)
        }
        var isGood = true
        for (index, converter) in converters.enumerated() {
            isGood = converter.convert(frame) { body(index, $0) } && isGood
        }
        if isGood { damage = 0 } else { try note(FFmpeg.badData) }
        return isGood
    }

    private func note(_ code: Int32) throws(MediaError) {
        damage += 1
        if code == FFmpeg.outOfMemory || damage > 500 {
            throw .cannotOpen(source: name, reason: "its sound is damaged")
        }
    }
}
