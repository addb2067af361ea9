// Compiled by Scripts/fuzz together with the sources of the reader and the scanner, without the rest of the package.

/// Any bytes are a cascade or an error. A cascade is then run over a small picture, under the address sanitizer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCascade(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let cascade = try? HaarCascade(xml: bytes) else { return 0 }
    let width = 70, height = 50
    guard cascade.windowWidth <= width, cascade.windowHeight <= height else { return 0 }
    let picture = (0..<width * height).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3 ^ $0 &* 31) }
    let pyramid = HaarPyramid(
        width: width, height: height, cascade: cascade, scaleFactor: 1.5, minSize: nil, maxSize: nil)
    let search = HaarSearch(cascade: cascade, pyramid: pyramid, threads: 1)
    picture.withUnsafeBufferPointer { picture in
        let pixels = GrayPixels(base: picture.baseAddress!, stride: width, width: width, height: height)
        for band in pyramid.bands.indices { search.scan(band: band, thread: 0, pixels) }
    }
    if let windows = try? search.windows() { _ = HaarGrouping.group(windows, minNeighbors: 3) }
    return 0
}
