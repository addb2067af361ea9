import CFFmpeg

/// Turns decoded frames into samples of one format. Frames may change their own.
final class SoundConverter {
    private let ffmpeg: FFmpeg
    let rate: Int
    let channels: Int
    private var context: OpaquePointer?
    private var source = (rate: Int32(0), format: Int32(-1), channels: Int32(0))
    private var buffer: [Float] = []

    init(_ ffmpeg: FFmpeg, rate: Int, channels: Int) {
        self.ffmpeg = ffmpeg
        self.rate = rate
        self.channels = channels
    }

    deinit { ffmpeg.swr_free(&context) }

    /// Calls `body` with the samples that a frame gives, or, without one, with those still on their way. False if the frame makes no
    /// sense.
    func convert(_ frame: UnsafePointer<AVFrame>?, _ body: (UnsafeBufferPointer<Float>) -> Void) -> Bool {
        if let frame {
            let of = (
                rate: frame.pointee.sample_rate, format: frame.pointee.format,
                channels: fermusic_channels(ffmpeg.table, frame)
            )
            guard of.rate > 0, of.rate <= SoundFormat.maximumRate, of.channels > 0,
                of.channels <= SoundFormat.maximumChannels, frame.pointee.nb_samples >= 0,
                frame.pointee.nb_samples <= SoundFormat.maximumFrame
            else { return false }
            if context == nil || of != source {
                ffmpeg.swr_free(&context)
                context = fermusic_resampler(ffmpeg.table, frame, Int32(channels), Int32(rate))
                source = of
            }
        }
        guard let context else { return frame == nil }
        let room = Int(ffmpeg.swr_get_out_samples(context, frame?.pointee.nb_samples ?? 0))
        guard room >= 0, room <= SoundFormat.maximumFrame * 64 else { return false }
        if room == 0 { return true }
        if buffer.count < room * channels { buffer = [Float](repeating: 0, count: room * channels) }
        return buffer.withUnsafeMutableBufferPointer { samples in
            let got = fermusic_resample(ffmpeg.table, context, frame, samples.baseAddress!, Int32(room))
            guard got >= 0 else { return false }
            if got > 0 { body(UnsafeBufferPointer(rebasing: samples[..<(Int(got) * channels)])) }
            return true
        }
    }
}
