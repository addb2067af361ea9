import Files
import Glibc
import MediaFiles

/// Opens whatever frames can come from.
public enum FrameSources {
    /// Opens a camera (`0`, `/dev/video0`), a file, a folder, an address (`rtsp://`, `http://`, ...) or standard input
    /// (`-`). Files are recognised by their contents. When cancelled, the source has no frames.
    ///
    /// Throws `CaptureError`; for a picture that is damaged, `next` throws `ImageError`.
    public static func open(_ text: String, options: CaptureOptions = CaptureOptions()) throws -> any FrameSource {
        try open(FrameAddress(text), options: options)
    }

    public static func open(_ address: FrameAddress, options: CaptureOptions = CaptureOptions()) throws
        -> any FrameSource
    {
        switch address {
        case .camera(let device):
            return try unlessCancelled(device, options) { try CameraSource(device, options: options) }
        case .path(let path): return try unlessCancelled(path, options) { try open(path: path, options: options) }
        case .standardInput: return try open(descriptor: STDIN_FILENO, name: address.name, options: options)
        case .network(let url):
            let ffmpeg = try capturing(FFmpeg.load)
            let limit = WaitLimit(options.cancellation, seconds: options.timeout)
            return try unlessCancelled(address.name, options) {
                // A picture is asked for once and comes whole.
                if FrameAddress.isWeb(url) {
                    let input = try capturing { () throws(MediaError) in
                        try StreamInput(ffmpeg, url: url, name: address.name, limit: limit)
                    }
                    if let source = try stillPicture(input, options: options) { return source }
                    limit.restart()
                    // Many cameras have one client at a time: what has begun is played on.
                    if let format = try liveFormat(input) {
                        let container = try VideoContainer(ffmpeg, input: input, format: format)
                        return try VideoSource(ffmpeg, container, options: options)
                    }
                }
                return try VideoSource(
                    ffmpeg, VideoContainer(ffmpeg, url: url, name: address.name, limit: limit), options: options)
            }
        }
    }

    /// Whether a file name ends like that of a picture or video.
    package static func isMediaName(_ name: String) -> Bool { MediaFolder.isName(name) }

    /// Whether a path leads to a file that is a single picture.
    package static func isPicture(_ path: String) -> Bool {
        var status = stat()
        guard stat(path.cPath, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return (try? open(file: path, options: CaptureOptions())) is PictureSource
    }

    private static func unlessCancelled(
        _ name: String, _ options: CaptureOptions, _ open: () throws -> any FrameSource
    ) throws -> any FrameSource {
        do {
            return try open()
        } catch {
            guard options.cancellation.isCancelled else { throw error }
            return EndedSource(name: name, cancellation: options.cancellation)
        }
    }

    /// Opens what an open descriptor, which stays open, gives to read: a picture or a video.
    public static func open(descriptor: Int32, name: String, options: CaptureOptions = CaptureOptions()) throws
        -> any FrameSource
    {
        let limit = WaitLimit(options.cancellation, seconds: options.timeout)
        return try unlessCancelled(name, options) {
            try recognise(StreamInput(descriptor: descriptor, name: name, limit: limit), options: options)
        }
    }

    private static func open(path: String, options: CaptureOptions) throws -> any FrameSource {
        var status = stat()
        guard stat(path.cPath, &status) == 0 else {
            throw CaptureError.cannotOpen(source: path, reason: String(cString: strerror(errno)))
        }
        if status.st_mode & S_IFMT == S_IFDIR { return try FolderSource(path, options: options) }
        return try open(file: path, options: options)
    }

    static func open(file path: String, options: CaptureOptions) throws -> any FrameSource {
        let limit = WaitLimit(options.cancellation, seconds: options.timeout)
        let input = try capturing { () throws(MediaError) in try StreamInput(path: path, limit: limit) }
        return try recognise(input, options: options)
    }

    /// Looks at the beginning.
    private static func recognise(_ input: StreamInput, options: CaptureOptions) throws -> any FrameSource {
        let head = try capturing { () throws(MediaError) in try input.peek(4096) }
        guard !head.isEmpty else { throw CaptureError.cannotOpen(source: input.name, reason: "it is empty") }
        var format: String?
        switch PictureFormat.detect(head) {
        case .jpeg:
            guard try isMotionJPEG(input) else { return picture(input, options: options) }
            format = "mjpeg"
        // It may move.
        case .gif: break
        case _?: return picture(input, options: options)
        case nil where isText(head):
            throw CaptureError.cannotOpen(source: input.name, reason: "it is text, neither a picture nor a video")
        case nil: break
        }
        let ffmpeg = try capturing(FFmpeg.load)
        return try VideoSource(ffmpeg, VideoContainer(ffmpeg, input: input, format: format), options: options)
    }

    /// What comes from an address, if it is a picture: it may move, but has an end.
    private static func stillPicture(_ input: StreamInput, options: CaptureOptions) throws -> (any FrameSource)? {
        let head = try capturing { () throws(MediaError) in try input.peek(64) }
        guard let format = PictureFormat.detect(head) else { return nil }
        if format == .jpeg, try isMotionJPEG(input) { return nil }
        guard format == .gif else { return picture(input, options: options) }
        let bytes = try capturing { () throws(MediaError) in try input.readAll(limit: ImageFile.maximumBytes) }
        let ffmpeg = try capturing(FFmpeg.load)
        let whole = StreamInput(bytes: bytes, name: input.name, limit: input.limit)
        return try VideoSource(ffmpeg, VideoContainer(ffmpeg, input: whole, format: nil), options: options)
    }

    /// FFmpeg's name for pictures that come one after the other without end, bare or as parts of a message; `nil` for
    /// what may be a file, in which places are looked up.
    private static func liveFormat(_ input: StreamInput) throws(CaptureError) -> String? {
        let head = try capturing { () throws(MediaError) in try input.peek(64) }
        if PictureFormat.detect(head) == .jpeg { return "mjpeg" }
        return head.drop { $0 == 0x0D || $0 == 0x0A }.starts(with: "--".utf8) ? "mpjpeg" : nil
    }

    private static func picture(_ input: StreamInput, options: CaptureOptions) -> any FrameSource {
        PictureSource(name: input.name, cancellation: options.cancellation) {
            let bytes: [UInt8]
            do {
                bytes = try capturing { () throws(MediaError) in try input.readAll(limit: ImageFile.maximumBytes) }
            } catch CaptureError.cannotOpen(let path, let reason) {
                throw ImageError.cannotRead(path: path, reason: reason)
            }
            return try ImageFile.decode(bytes, name: input.name, grayscale: options.format == .gray)
        }
    }

    private static func isMotionJPEG(_ input: StreamInput) throws(CaptureError) -> Bool {
        var size = 1 << 16
        while size <= ImageFile.maximumBytes {
            let bytes = try capturing { () throws(MediaError) in try input.peek(size) }
            switch JPEGSequence.judge(bytes, isComplete: bytes.count < size) {
            case .several: return true
            case .single: return false
            case .undecided: size *= 2
            }
        }
        return false
    }

    /// Formats of pictures and video hold bytes that text does not. Playlists are text too, and not followed.
    private static func isText(_ head: ArraySlice<UInt8>) -> Bool {
        head.prefix(512).allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) || $0 == 0x1B }
    }
}
