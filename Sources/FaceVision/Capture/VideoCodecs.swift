import CFFmpeg
import MediaFiles

/// What the installed FFmpeg can read and write.
public struct VideoCodecs: Sendable {
    /// Usual formats by name that can be read, and those that cannot.
    public let readable: [String]
    public let unreadable: [String]
    /// Formats by name that videos can be written in, best first.
    public let writable: [String]

    /// Looks; loads FFmpeg. Throws `CaptureError.libraryMissing`.
    public init() throws(CaptureError) {
        let ffmpeg = try capturing(FFmpeg.load)
        let formats = [
            ("H.264", AV_CODEC_ID_H264), ("H.265", AV_CODEC_ID_HEVC), ("VP8", AV_CODEC_ID_VP8),
            ("VP9", AV_CODEC_ID_VP9), ("AV1", AV_CODEC_ID_AV1), ("MPEG-4", AV_CODEC_ID_MPEG4),
            ("Motion JPEG", AV_CODEC_ID_MJPEG),
        ]
        readable = formats.filter { fermusic_has_decoder(ffmpeg.table, $0.1) != 0 }.map(\.0)
        unreadable = formats.filter { fermusic_has_decoder(ffmpeg.table, $0.1) == 0 }.map(\.0)
        writable = [("H.264", "libx264"), ("MPEG-4", "mpeg4"), ("Motion JPEG", "mjpeg")].filter {
            fermusic_has_encoder(ffmpeg.table, $0.1) != 0
        }.map(\.0)
    }
}
