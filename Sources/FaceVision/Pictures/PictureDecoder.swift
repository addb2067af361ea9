import CHEIF
import CJPEG
import CPNG
import CTIFF
import CWebP
import Glibc
import MediaFiles

/// Pictures out of bytes: each format by its own library, the rarer ones by FFmpeg. What comes is upright, has 8-bit
/// samples, and what is transparent lies over white, as people see it.
enum PictureDecoder {
    /// Throws the reason, one line, as `Failure`.
    static func decode(_ bytes: [UInt8], _ format: PictureFormat, grayscale: Bool, maximumPixels: Int) throws -> Image {
        switch format {
        case .jpeg:
            return try run(bytes, grayscale, maximumPixels, fermusic_jpeg_decode)
                .turned(EXIF.orientation(ofJPEG: bytes))
        case .png:
            return try run(bytes, grayscale, maximumPixels, fermusic_png_decode).turned(EXIF.orientation(ofPNG: bytes))
        case .webP:
            return try run(bytes, grayscale, maximumPixels, fermusic_webp_decode)
                .turned(EXIF.orientation(ofWebP: bytes))
        case .heic, .avif:
            // Their turns belong to the picture and are done; what EXIF says besides does not count.
            let library = try HEIF.load()
            return try run(bytes, grayscale, maximumPixels) {
                fermusic_heif_decode(library.table, $0, $1, $2, $3, $4, $5, $6, $7)
            }
        case .tiff:
            let library = try TIFF.load()
            var orientation: Int32 = 1
            let image = try run(bytes, grayscale, maximumPixels) {
                data, size, limit, width, height, channels, message, room in
                channels.pointee = 3
                return fermusic_tiff_decode(
                    library.table, data, size, limit, width, height, &orientation, message, room)
            }
            return image.turned(Orientation(rawValue: Int(orientation)) ?? .upright)
        case .gif, .bmp, .netpbm, .jpeg2000, .ico, .pcx, .dds, .psd, .qoi, .jpegXL:
            return try withFFmpeg(bytes, grayscale, maximumPixels)
        }
    }

    struct Failure: Error {
        var reason: String

        static func tooMany(_ width: Int, _ height: Int, limit: Int) -> Failure {
            let millions = limit >= 1_000_000 ? "\(limit / 1_000_000) million" : "\(limit)"
            return Failure(reason: "\(width) x \(height) pixels are too many; at most \(millions) are read")
        }
    }

    private typealias Function = (
        UnsafePointer<UInt8>, Int, Int, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>,
        UnsafeMutablePointer<Int32>, UnsafeMutablePointer<CChar>, Int
    ) -> UnsafeMutablePointer<UInt8>?

    private static func run(
        _ bytes: [UInt8], _ grayscale: Bool, _ maximumPixels: Int, _ decode: Function
    ) throws -> Image {
        var width: Int32 = 0, height: Int32 = 0, channels: Int32 = grayscale ? 1 : 3
        var message = [CChar](repeating: 0, count: 256)
        let pixels = bytes.withUnsafeBufferPointer {
            decode($0.baseAddress!, $0.count, maximumPixels, &width, &height, &channels, &message, message.count)
        }
        guard let pixels else {
            guard message[0] != 0 else { throw Failure.tooMany(Int(width), Int(height), limit: maximumPixels) }
            var text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            // Some libraries end theirs with a new line.
            while let last = text.last, last <= 0x20 { text.removeLast() }
            throw Failure(reason: String(decoding: text, as: UTF8.self))
        }
        defer { free(pixels) }
        return Image(
            samples: pixels, width: Int(width), height: Int(height), channels: Int(channels), grayscale: grayscale)
    }

    private static func withFFmpeg(_ bytes: [UInt8], _ grayscale: Bool, _ maximumPixels: Int) throws -> Image {
        do {
            var options = CaptureOptions(format: grayscale ? .gray : .rgb)
            options.decodingThreads = 1
            let input = StreamInput(bytes: bytes, name: "", limit: WaitLimit(options.cancellation, seconds: 60))
            let ffmpeg = try capturing(FFmpeg.load)
            let container = try VideoContainer(ffmpeg, input: input, format: nil, maximumPixels: maximumPixels)
            let source = try VideoSource(ffmpeg, container, options: options)
            guard let image = try source.next()?.image else { throw Failure(reason: "it holds no picture") }
            guard image.width * image.height <= maximumPixels else {
                throw Failure.tooMany(image.width, image.height, limit: maximumPixels)
            }
            return image
        } catch CaptureError.tooLarge(_, let width, let height) {
            throw Failure.tooMany(width, height, limit: maximumPixels)
        } catch CaptureError.cannotOpen(_, let reason) {
            throw Failure(reason: reason)
        } catch CaptureError.damaged(_, _, let reason) {
            throw Failure(reason: reason)
        } catch let error as CaptureError {
            if case .libraryMissing = error { throw Failure(reason: "\(error)") }
            throw Failure(reason: "damaged, or of a kind that is not read")
        }
    }
}

extension Image {
    /// Decoded samples, 1 to 4 a pixel: grey, grey and alpha, RGB, RGB and alpha. What is transparent lies over white.
    init(samples: UnsafePointer<UInt8>, width: Int, height: Int, channels: Int, grayscale: Bool) {
        let count = width * height, wanted = grayscale ? 1 : 3, colours = channels >= 3 ? 3 : 1
        if channels == wanted {
            self.init(
                width: width, height: height, channels: wanted,
                pixels: Array(UnsafeBufferPointer(start: samples, count: count * channels)))
            return
        }
        let hasAlpha = channels == 2 || channels == 4
        let pixels = [UInt8](unsafeUninitializedCapacity: count * wanted) { target, filled in
            for i in 0..<count {
                let source = samples + i * channels
                let alpha = hasAlpha ? UInt32(source[channels - 1]) : 255
                // Exact for opaque pixels.
                func sample(_ c: Int) -> UInt32 { (UInt32(source[c]) * alpha + 255 * (255 - alpha) + 127) / 255 }
                if colours == 1 {
                    let grey = UInt8(sample(0))
                    for c in 0..<wanted { target[i * wanted + c] = grey }
                } else if wanted == 3 {
                    for c in 0..<3 { target[i * 3 + c] = UInt8(sample(c)) }
                } else {
                    target[i] = Image.luma(sample(0), sample(1), sample(2))
                }
            }
            filled = count * wanted
        }
        self.init(width: width, height: height, channels: wanted, pixels: pixels)
    }
}
