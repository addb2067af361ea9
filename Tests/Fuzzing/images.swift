// Compiled by Scripts/fuzz together with the reader of pictures.

/// Any bytes are a picture or an error, and one picture or several; what follows must not change what was decided.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzImages(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let limit = 1 << 16
    if let image = try? ImageFile.decode(bytes, name: "input", maximumPixels: limit) {
        precondition(image.width * image.height <= limit)
        _ = image.grayscale
    }
    if let image = try? ImageFile.decode(bytes, name: "input", grayscale: true, maximumPixels: limit) {
        precondition(image.channels == 1)
    }
    _ = EXIF.orientation(ofJPEG: bytes)
    _ = EXIF.orientation(ofPNG: bytes)
    _ = EXIF.orientation(ofWebP: bytes)
    _ = EXIF.orientation(ofTIFF: bytes[...])
    _ = PictureFormat.detect(bytes)
    let verdict = JPEGSequence.judge(bytes[...], isComplete: true)
    precondition(verdict != .undecided)
    let early = JPEGSequence.judge(bytes.prefix(count / 2), isComplete: false)
    precondition(early == .undecided || early == verdict)
    return 0
}
