import Glibc

/// Spreads the grey values of a picture over the whole range, so that light and contrast matter less.
///
/// Each value becomes the share of pixels up to it, the darkest there is 0, as in OpenCV's `equalizeHist`. A picture of
/// one value stays as it is.
public enum HistogramEqualisation {
    /// Writes `count` equalised bytes; `target` may be `source`. Cost: two passes.
    public static func apply(_ source: UnsafePointer<UInt8>, count: Int, to target: UnsafeMutablePointer<UInt8>) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 256) { histogram in
            histogram.initialize(repeating: 0)
            for i in 0..<count { histogram[Int(source[i])] += 1 }
            guard let first = histogram.firstIndex(where: { $0 > 0 }), Int(histogram[first]) < count else {
                if target != source { memcpy(target, source, count) }
                return
            }
            let scale = 255 / Float(count - Int(histogram[first]))
            var sum: Int32 = 0
            for value in 0..<256 {
                let own = histogram[value]
                if value > first { sum += own }
                histogram[value] = Int32((Float(sum) * scale).rounded(.toNearestOrEven))
            }
            for i in 0..<count { target[i] = UInt8(histogram[Int(source[i])]) }
        }
    }
}

extension Image {
    /// The picture with its histogram equalised, in grey.
    public var equalised: Image {
        guard channels == 1 else { return grayscale.equalised }
        let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { buffer, count in
            pixels.withUnsafeBufferPointer {
                HistogramEqualisation.apply($0.baseAddress!, count: pixels.count, to: buffer.baseAddress!)
            }
            count = pixels.count
        }
        return Image(width: width, height: height, pixels: result)
    }
}
