import CJPEG
import CPNG
import Files
import Glibc

/// Why a picture cannot be read or written. The description is one clear line.
public enum ImageError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case cannotWrite(path: String, reason: String)

    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): return "\(path): cannot read the image: \(reason)"
        case .cannotWrite(let path, let reason): return "\(path): cannot write the image: \(reason)"
        }
    }
}

/// Pictures as files, in the formats of `PictureFormat`; PNG and JPEG are written too.
public enum ImageFile {
    /// Larger pictures are refused before memory is asked for.
    public static let maximumPixels = 200_000_000
    /// Larger files are refused: 256 MB.
    public static let maximumBytes = 1 << 28

    /// Reads a picture in any format of `PictureFormat`, recognised by its first bytes. Photos are turned upright, what is
    /// transparent lies over white, of several pictures the first counts.
    /// Throws `ImageError.cannotRead`.
    public static func read(_ path: String, grayscale: Bool = false) throws -> Image {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: maximumBytes)
        } catch let error as FileFailure {
            throw ImageError.cannotRead(path: path, reason: error.reason)
        }
        return try decode(bytes, name: path, grayscale: grayscale)
    }

    /// Decodes a picture file's contents, see `read`; `name` is for the error. Pictures of more than
    /// `maximumPixels` are refused before they are decoded. Throws `ImageError.cannotRead`.
    public static func decode(
        _ bytes: [UInt8], name: String, grayscale: Bool = false, maximumPixels: Int = maximumPixels
    ) throws -> Image {
        guard !bytes.isEmpty else { throw ImageError.cannotRead(path: name, reason: "the file is empty") }
        guard let format = PictureFormat.detect(bytes) else {
            throw ImageError.cannotRead(path: name, reason: "not a picture that is read: \(PictureFormat.list)")
        }
        do {
            return try PictureDecoder.decode(bytes, format, grayscale: grayscale, maximumPixels: maximumPixels)
        } catch let failure as PictureDecoder.Failure {
            throw ImageError.cannotRead(path: name, reason: failure.reason)
        }
    }

    /// The picture as the contents of a PNG file.
    public static func encodePNG(_ image: Image) -> [UInt8] {
        var size = 0
        guard
            let data = fermusic_png_encode(
                image.pixels, Int32(image.width), Int32(image.height), Int32(image.channels), &size)
        else { preconditionFailure("out of memory") }
        defer { free(data) }
        return Array(UnsafeBufferPointer(start: data, count: size))
    }

    /// The picture as the contents of a JPEG file; `quality` from 1 to 100, what is beyond counts as these. Throws
    /// `ImageError.cannotWrite` for pictures of more than 65500 pixels in a row or column, with `name` as the path.
    public static func encodeJPEG(
        _ image: Image, quality: Int = 90, name: String = "picture"
    ) throws(ImageError) -> [UInt8] {
        guard image.width <= 65_500, image.height <= 65_500 else {
            throw .cannotWrite(path: name, reason: "JPEG knows no pictures larger than 65500 x 65500")
        }
        let quality = min(max(quality, 1), 100)
        var size = 0
        guard
            let data = fermusic_jpeg_encode(
                image.pixels, Int32(image.width), Int32(image.height), Int32(image.channels), Int32(quality), &size)
        else { preconditionFailure("out of memory") }
        defer { free(data) }
        return Array(UnsafeBufferPointer(start: data, count: size))
    }

    /// Writes a PNG file. Throws `ImageError.cannotWrite`.
    public static func writePNG(_ image: Image, to path: String) throws { try write(encodePNG(image), to: path) }

    /// Writes a picture that was drawn into, marked as such: a JPEG file if the name ends like one, else PNG. Throws
    /// `ImageError.cannotWrite`.
    package static func writeMarked(_ image: Image, to path: String) throws {
        let isPNG = ![".jpg", ".jpeg"].contains { path.lowercased().hasSuffix($0) }
        try write(PictureMark.put(on: isPNG ? encodePNG(image) : encodeJPEG(image, name: path)), to: path)
    }

    /// Writes a JPEG file, see `encodeJPEG`. Throws `ImageError.cannotWrite`.
    public static func writeJPEG(_ image: Image, to path: String, quality: Int = 90) throws {
        try write(encodeJPEG(image, quality: quality, name: path), to: path)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try FileBytes.write(bytes, to: path)
        } catch let error as FileFailure {
            throw ImageError.cannotWrite(path: path, reason: error.reason)
        }
    }
}
