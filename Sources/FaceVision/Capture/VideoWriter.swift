import CFFmpeg
import Files
import MediaFiles

/// Writes a video from pictures with time stamps: MP4, MOV or MKV by the name's ending. The file appears under its
/// name when it is whole; on failure, or if `finish` is not called, nothing is left.
///
/// The video is H.264 where this FFmpeg has an encoder for it, else MPEG-4 or Motion JPEG. All frames have the size of
/// the first, made even; later pictures of another size are fitted in, with black bars.
public final class VideoWriter {
    public let path: String
    /// The encoder in use, after the first picture: `libx264`, ...
    public private(set) var encoderName: String?
    public private(set) var frameCount = 0
    /// Why there is no sound although the source has some; known after the first picture.
    public private(set) var soundNote: String?

    private let ffmpeg: FFmpeg
    private let format: String
    private let encoders: [String]
    private let rate: Double
    private let file: PendingFile
    private var output: VideoOutput?
    private let isDrawn: Bool
    private var sound: SoundTrack?
    private var lastStamp: Int64 = -1
    /// Units of time per second: all usual rates divide it, also 30000/1001, and MPEG-4 allows no finer.
    static let timeScale: Int64 = 60_000

    private static let formats = ["mp4": "mp4", "m4v": "mp4", "mov": "mov", "mkv": "matroska"]

    /// Whether a file name ends like a video's that can be written.
    public static func isVideoName(_ name: String) -> Bool { formatName(of: name) != nil }

    private static func formatName(of name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        return formats[name[name.index(after: dot)...].lowercased()]
    }

    /// The sound of the file that a frame comes from goes along, in step with the pictures and as it is; that of pipes
    /// and streams does not. To be called before the first picture. Where the format cannot hold the sound, `soundNote`
    /// says so.
    public func addSound(of frame: Frame) {
        guard output == nil, let origin = frame.origin else { return }
        sound = SoundTrack(ffmpeg, path: frame.source, origin: origin)
    }

    /// Creates the file. Encoders are tried in the order of `encoders`; `framesPerSecond` is only a hint to the encoder
    /// and the duration of a last frame that has none of its own. Folders leave out videos that are marked as drawn by this
    /// program. Throws `CaptureError`.
    public init(
        _ path: String, framesPerSecond: Double = 25,
        encoders: [String] = ["libx264", "libopenh264", "mpeg4", "mjpeg"], isDrawn: Bool = false
    ) throws(CaptureError) {
        guard let format = VideoWriter.formatName(of: path) else {
            throw .cannotWrite(path: path, reason: "its name must end in .mp4, .m4v, .mov or .mkv")
        }
        self.path = path
        self.format = format
        self.encoders = encoders
        self.isDrawn = isDrawn
        rate = (0.01...1000).contains(framesPerSecond) ? framesPerSecond : 25
        ffmpeg = try capturing(FFmpeg.load)
        do throws(FileFailure) {
            file = try PendingFile(path)
        } catch {
            throw .cannotWrite(path: path, reason: error.reason)
        }
    }

    /// Adds a picture at `time` seconds, which lasts until the next one; `duration` counts for the last. Times must grow; one that doesn't is moved to just behind the last.
    /// Throws `CaptureError.cannotWrite`, for example when the disk is full; then the writer is of no more use.
    public func append(_ image: Image, at time: Double, duration: Double? = nil) throws(CaptureError) {
        let output = try opened(width: image.width, height: image.height)
        let stamp = time.isFinite ? Int64((min(max(time, 0), 1e9) * Double(VideoWriter.timeScale)).rounded()) : 0
        lastStamp = max(stamp, lastStamp + 1)
        output.lastDuration = duration.flatMap {
            $0.isFinite && $0 > 0 ? Int64((min($0, 1e6) * Double(VideoWriter.timeScale)).rounded()) : nil
        }
        try check(output.encode(image, at: lastStamp))
        frameCount += 1
    }

    /// Ends the video and gives the file its name. Throws `CaptureError.cannotWrite`.
    public func finish() throws(CaptureError) {
        guard let output, frameCount > 0 else {
            file.discard()
            throw .cannotWrite(path: path, reason: "no frame came")
        }
        let status = output.finish()
        sound = nil
        self.output = nil
        try check(status)
        do throws(FileFailure) {
            try file.commit()
        } catch {
            throw .cannotWrite(path: path, reason: error.reason)
        }
    }

    private func opened(width: Int, height: Int) throws(CaptureError) -> VideoOutput {
        if let output { return output }
        guard width <= 16_384, height <= 16_384 else {
            throw .cannotWrite(path: path, reason: "\(width) x \(height) pixels are too many for a video")
        }
        var last = Int32(0)
        for name in encoders {
            let made = VideoOutput(ffmpeg, encoder: name, width: width, height: height, rate: rate)
            guard let made else { continue }
            last = made.open(format: format, path: file.temporaryPath, sound: sound, isDrawn: isDrawn)
            if last >= 0 {
                if let sound, !made.hasSound {
                    soundNote =
                        "without sound: .\(ending) cannot hold \(sound.codecName)"
                        + (format == "matroska" ? "" : ", .mkv can")
                }
                output = made
                encoderName = name
                return made
            }
        }
        throw .cannotWrite(
            path: path,
            reason: last < 0 ? ffmpeg.message(last) : "this FFmpeg has none of \(encoders.joined(separator: ", "))")
    }

    private var ending: Substring { path.split(separator: ".").last ?? "" }

    private func check(_ status: Int32) throws(CaptureError) {
        guard status < 0 else { return }
        file.discard()
        throw .cannotWrite(path: path, reason: ffmpeg.message(status))
    }
}
