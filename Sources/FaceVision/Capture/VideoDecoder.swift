import CFFmpeg
import MediaFiles

/// One codec with its state: packets in, frames out.
final class VideoDecoder {
    enum Output {
        /// Valid until the next call.
        case frame(UnsafePointer<AVFrame>)
        case needsPacket
        case ended
        /// This piece is damaged; others may follow.
        case failed(code: Int32)
    }

    private let ffmpeg: FFmpeg
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var frame: UnsafeMutablePointer<AVFrame>?

    /// - Parameters:
    ///   - parameters: what the container knows of the stream.
    ///   - threads: 0 for as many as there are processors.
    ///   - isLive: no frame waits for others.
    /// Returns `nil` where FFmpeg has no such decoder.
    init?(
        _ ffmpeg: FFmpeg, codec: AVCodecID, parameters: UnsafePointer<AVCodecParameters>? = nil, threads: Int,
        isLive: Bool
    ) {
        self.ffmpeg = ffmpeg
        context = fermusic_decoder(
            ffmpeg.table, codec, parameters, Int64(ImageFile.maximumPixels), Int32(threads), isLive ? 1 : 0)
        frame = ffmpeg.av_frame_alloc()
        if context == nil || frame == nil { return nil }
    }

    deinit {
        ffmpeg.avcodec_free_context(&context)
        ffmpeg.av_frame_free(&frame)
    }

    /// Takes a packet; `nil` says that no more will come. Returns 0 or FFmpeg's error.
    func send(_ packet: UnsafePointer<AVPacket>?) -> Int32 { ffmpeg.avcodec_send_packet(context, packet) }

    func receive() -> Output {
        let status = ffmpeg.avcodec_receive_frame(context, frame)
        switch status {
        case 0...: return .frame(UnsafePointer(frame!))
        case FFmpeg.tryAgain: return .needsPacket
        case FFmpeg.endOfFile: return .ended
        default: return .failed(code: status)
        }
    }
}
