import CFFmpeg
import MediaFiles

/// Makes pictures out of decoded frames, whatever their pixels are like. Keeps what it prepared for the last kind.
final class FrameConverter {
    private struct Kind: Equatable {
        var width: Int32, height: Int32
        var shownWidth: Int32, shownHeight: Int32
        var pixels: AVPixelFormat, colors: AVColorSpace
        var isFullRange: Bool
    }

    private let ffmpeg: FFmpeg
    private let format: FrameFormat
    private let name: String
    private var kind: Kind?
    private var scaler: OpaquePointer?
    private var scratch: [UInt8] = []
    private var hasAlpha = false

    init(_ ffmpeg: FFmpeg, format: FrameFormat, name: String) {
        self.ffmpeg = ffmpeg
        self.format = format
        self.name = name
    }

    deinit {
        if let scaler { ffmpeg.sws_freeContext(scaler) }
    }

    /// The frame as a picture. Pixels of another aspect (width to height) are made square in the same pass that makes
    /// colours. Throws `CaptureError.tooLarge`, also for what would be so with square pixels, and `.damaged`.
    func image(
        _ frame: UnsafePointer<AVFrame>, pixelAspect: Double = 1, frames: Int
    ) throws(CaptureError) -> Image {
        let coded = (width: Int(frame.pointee.width), height: Int(frame.pointee.height))
        guard coded.width > 0, coded.height > 0 else {
            throw .damaged(source: name, frames: frames, reason: "a frame of \(coded.width) x \(coded.height) pixels")
        }
        let (width, height) = FrameConverter.squareSize(coded.width, coded.height, pixelAspect)
        guard width * height <= ImageFile.maximumPixels else {
            throw .tooLarge(source: name, width: width, height: height)
        }
        let (pixels, isFullRange) = FrameConverter.plain(
            AVPixelFormat(rawValue: frame.pointee.format), frame.pointee.color_range)
        if format == .gray, coded == (width, height), let luma = luma(of: pixels), let plane = frame.pointee.data.0 {
            let stride = Int(frame.pointee.linesize.0)
            return Image(
                width: width, height: height,
                pixels: FrameConverter.brightness(
                    plane + luma.offset, stride: stride, step: luma.step, width: width, height: height,
                    isFullRange: isFullRange))
        }
        hasAlpha = hasAlpha(pixels)
        try prepare(
            Kind(
                width: frame.pointee.width, height: frame.pointee.height, shownWidth: Int32(width),
                shownHeight: Int32(height), pixels: pixels, colors: frame.pointee.colorspace,
                isFullRange: isFullRange), frames: frames)
        return scaled(frame, width: width, height: height)
    }

    /// The size with square pixels. The side that is too short grows, so that nothing that was recorded is lost. Values
    /// beyond 1:8 and 8:1 are mistakes and count as square.
    static func squareSize(_ width: Int, _ height: Int, _ aspect: Double) -> (width: Int, height: Int) {
        guard aspect >= 0.125, aspect <= 8 else { return (width, height) }
        return aspect >= 1
            ? (Int((Double(width) * aspect).rounded()), height) : (width, Int((Double(height) / aspect).rounded()))
    }

    /// The formats with a J in their name are deprecated ways to say that black is 0 and white 255.
    private static func plain(_ pixels: AVPixelFormat, _ range: AVColorRange) -> (AVPixelFormat, isFullRange: Bool) {
        switch pixels {
        case AV_PIX_FMT_YUVJ420P: (AV_PIX_FMT_YUV420P, true)
        case AV_PIX_FMT_YUVJ422P: (AV_PIX_FMT_YUV422P, true)
        case AV_PIX_FMT_YUVJ444P: (AV_PIX_FMT_YUV444P, true)
        case AV_PIX_FMT_YUVJ440P: (AV_PIX_FMT_YUV440P, true)
        case AV_PIX_FMT_YUVJ411P: (AV_PIX_FMT_YUV411P, true)
        case AV_PIX_FMT_GRAY8, AV_PIX_FMT_GRAY10LE, AV_PIX_FMT_GRAY12LE, AV_PIX_FMT_GRAY16LE, AV_PIX_FMT_GRAY16BE,
            AV_PIX_FMT_YA8, AV_PIX_FMT_YA16LE, AV_PIX_FMT_YA16BE:
            (pixels, range != AVCOL_RANGE_MPEG)
        default: (pixels, range == AVCOL_RANGE_JPEG)
        }
    }

    private func hasAlpha(_ pixels: AVPixelFormat) -> Bool {
        guard let description = ffmpeg.av_pix_fmt_desc_get(pixels) else { return false }
        return description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0 || pixels == AV_PIX_FMT_PAL8
    }

    /// Samples per pixel as the scaler writes them.
    private var scaledChannels: Int { hasAlpha ? 4 : format.channels }

    /// Where the 8-bit brightness of each pixel lies in the first plane, for formats that have one.
    private func luma(of pixels: AVPixelFormat) -> (offset: Int, step: Int)? {
        guard let description = ffmpeg.av_pix_fmt_desc_get(pixels) else { return nil }
        let other =
            AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL
            | AV_PIX_FMT_FLAG_ALPHA
        let first = description.pointee.comp.0
        guard description.pointee.flags & UInt64(other | AV_PIX_FMT_FLAG_BAYER) == 0, first.plane == 0,
            first.depth == 8, first.shift == 0
        else { return nil }
        return (Int(first.offset), Int(first.step))
    }

    /// Brightness from 0 to 255; that of video is 16 to 235 unless it says otherwise (ITU-R BT.601).
    static func brightness(
        _ plane: UnsafePointer<UInt8>, stride: Int, step: Int, width: Int, height: Int, isFullRange: Bool
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
            for y in 0..<height {
                let row = plane + y * stride
                let out = target.baseAddress! + y * width
                if step == 1 {
                    out.update(from: row, count: width)
                } else {
                    for x in 0..<width { out[x] = row[x * step] }
                }
                if isFullRange { continue }
                for x in 0..<width {
                    // 255/219 in 8-bit fixed point; the sums fit in 16 bits.
                    let value = min(max(UInt16(out[x]), 16) &- 16, 219)
                    out[x] = UInt8(truncatingIfNeeded: (value &* 298 &+ 128) >> 8)
                }
            }
            count = width * height
        }
    }

    private func prepare(_ new: Kind, frames: Int) throws(CaptureError) {
        if kind == new { return }
        if let scaler { ffmpeg.sws_freeContext(scaler) }
        kind = nil
        scaler = ffmpeg.sws_getCachedContext(
            nil, new.width, new.height, new.pixels, new.shownWidth, new.shownHeight,
            hasAlpha ? AV_PIX_FMT_RGBA : format == .rgb ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_GRAY8, Int32(fermusic_bilinear),
            nil, nil, nil)
        guard let scaler else {
            throw .damaged(source: name, frames: frames, reason: "its pixels have an unknown format")
        }
        // Where the video doesn't say it, colours are BT.601's, as in other programs that use FFmpeg.
        _ = ffmpeg.sws_setColorspaceDetails(
            scaler, ffmpeg.sws_getCoefficients(Int32(new.colors.rawValue)), new.isFullRange ? 1 : 0,
            ffmpeg.sws_getCoefficients(Int32(AVCOL_SPC_SMPTE170M.rawValue)), 1, 0, 1 << 16, 1 << 16)
        kind = new
    }

    private func scaled(_ frame: UnsafePointer<AVFrame>, width: Int, height: Int) -> Image {
        let row = width * scaledChannels
        // The scaler works on blocks of pixels and may write beyond the end of rows that are no multiple of them.
        let isAligned = width % 32 == 0
        let stride = isAligned ? row : (row + 255) / 128 * 128
        if !isAligned, scratch.count < stride * (height + 1) {
            scratch = [UInt8](repeating: 0, count: stride * (height + 1))
        }
        let pixels = [UInt8](unsafeUninitializedCapacity: row * height) { target, count in
            if isAligned {
                scale(frame, to: target.baseAddress!, stride: stride)
            } else {
                scratch.withUnsafeMutableBufferPointer { scratch in
                    scale(frame, to: scratch.baseAddress!, stride: stride)
                    for y in 0..<height {
                        (target.baseAddress! + y * row).update(from: scratch.baseAddress! + y * stride, count: row)
                    }
                }
            }
            count = row * height
        }
        guard hasAlpha else { return Image(width: width, height: height, channels: format.channels, pixels: pixels) }
        return pixels.withUnsafeBufferPointer {
            Image(
                samples: $0.baseAddress!, width: width, height: height, channels: 4, grayscale: format == .gray)
        }
    }

    private func scale(_ frame: UnsafePointer<AVFrame>, to target: UnsafeMutablePointer<UInt8>, stride: Int) {
        var planes: [UnsafePointer<UInt8>?] = [
            UnsafePointer(frame.pointee.data.0), UnsafePointer(frame.pointee.data.1),
            UnsafePointer(frame.pointee.data.2), UnsafePointer(frame.pointee.data.3),
        ]
        let lines = frame.pointee.linesize
        var strides = [lines.0, lines.1, lines.2, lines.3]
        var targets: [UnsafeMutablePointer<UInt8>?] = [target, nil, nil, nil]
        var targetStrides = [Int32(stride), 0, 0, 0]
        _ = ffmpeg.sws_scale(scaler, &planes, &strides, 0, frame.pointee.height, &targets, &targetStrides)
    }
}
