import CFFmpeg

/// A camera's way to deliver pixels that frames can be made of.
package struct CameraPixels: Equatable {
    package enum Kind: Equatable {
        /// `bytes` per pixel of the first plane; `lines` of its height in all.
        case raw(AVPixelFormat, bytes: Int, lines: Double)
        case compressed(AVCodecID)
    }

    package let code: UInt32
    package let kind: Kind

    /// In the order in which they are chosen: what costs least to make frames of comes first.
    static let all: [CameraPixels] = [
        ("YUYV", .raw(AV_PIX_FMT_YUYV422, bytes: 2, lines: 1)), ("NV12", .raw(AV_PIX_FMT_NV12, bytes: 1, lines: 1.5)),
        ("YU12", .raw(AV_PIX_FMT_YUV420P, bytes: 1, lines: 1.5)),
        ("UYVY", .raw(AV_PIX_FMT_UYVY422, bytes: 2, lines: 1)), ("RGB3", .raw(AV_PIX_FMT_RGB24, bytes: 3, lines: 1)),
        ("BGR3", .raw(AV_PIX_FMT_BGR24, bytes: 3, lines: 1)), ("MJPG", .compressed(AV_CODEC_ID_MJPEG)),
        ("JPEG", .compressed(AV_CODEC_ID_MJPEG)), ("GREY", .raw(AV_PIX_FMT_GRAY8, bytes: 1, lines: 1)),
    ].map { CameraPixels(code: number($0), kind: $1) }

    private init(code: UInt32, kind: Kind) {
        self.code = code
        self.kind = kind
    }

    init?(code: UInt32) {
        guard let found = CameraPixels.all.first(where: { $0.code == code }) else { return nil }
        self = found
    }

    /// The kernel's number for four characters, shorter names filled up with spaces.
    package static func number(_ text: String) -> UInt32 {
        var bytes = Array(text.utf8.prefix(4))
        while bytes.count < 4 { bytes.append(0x20) }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    package static func text(_ code: UInt32) -> String {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: code >> (8 * $0) & 0x7F) }
        return String(decoding: bytes.map { $0 < 0x20 ? 0x3F : $0 }, as: UTF8.self).trimmingSpaces
    }

    /// How many bytes a raw picture must have; 1 for a compressed one.
    func bytesNeeded(stride: Int, height: Int) -> Int {
        guard case .raw(_, _, let lines) = kind else { return 1 }
        return Int(Double(stride * height) * lines)
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// What is asked of a camera.
package struct CameraChoice: Equatable {
    package var code: UInt32
    package var width: Int
    package var height: Int
    package var rate: Double

    /// The format, size and rate nearest to what is wanted: first the size, then the rate, then what costs least.
    /// `nil` if the camera has no format that frames can be made of, or not the one asked for.
    package static func best(of formats: [Camera.Format], options: CaptureOptions) -> CameraChoice? {
        var best: (choice: CameraChoice, cost: (Double, Double, Int))?
        for (rank, pixels) in CameraPixels.all.enumerated() {
            let code = CameraPixels.text(pixels.code)
            if let wanted = options.cameraFormat, wanted.uppercased() != code { continue }
            guard let format = formats.first(where: { $0.code == code }) else { continue }
            let asked = Camera.Size(width: options.width, height: options.height, rates: [])
            for size in format.sizes.isEmpty ? [asked] : format.sizes {
                let sizeError = abs(Double(size.width - options.width)) + abs(Double(size.height - options.height))
                for rate in size.rates.isEmpty ? [options.framesPerSecond] : size.rates {
                    // Drivers' 30 frames/s are often 29.97.
                    let difference = abs(rate - options.framesPerSecond)
                    let cost = (sizeError, difference < 0.1 ? 0 : difference, rank)
                    if best.map({ cost < $0.cost }) ?? true {
                        best = (
                            CameraChoice(code: pixels.code, width: size.width, height: size.height, rate: rate), cost
                        )
                    }
                }
            }
        }
        return best?.choice
    }
}
