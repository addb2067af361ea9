// Pictures as a page has them.

extension Image {
    /// A canvas's pixels, without how transparent they are.
    init(rgba: UnsafePointer<UInt8>, width: Int, height: Int) {
        let count = width * height
        let pixels = [UInt8](unsafeUninitializedCapacity: count * 3) { buffer, filled in
            for pixel in 0..<count {
                buffer[3 * pixel] = rgba[4 * pixel]
                buffer[3 * pixel + 1] = rgba[4 * pixel + 1]
                buffer[3 * pixel + 2] = rgba[4 * pixel + 2]
            }
            filled = count * 3
        }
        self.init(width: width, height: height, channels: 3, pixels: pixels)
    }
}
