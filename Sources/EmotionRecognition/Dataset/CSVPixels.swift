/// A picture's grey levels as text: whole numbers between blanks or commas, also as a list (`[70, 80]`), also `70.0`.
enum CSVPixels {
    struct Failure: Error {
        var reason: String

        /// `count`: how many pixels were read before.
        init(_ count: Int, _ problem: String) { reason = "pixel \(count + 1) \(problem)" }
    }

    /// Numbers into `image`, as far as it reaches; returns how many there are.
    static func read(
        _ text: UnsafeBufferPointer<UInt8>, into image: UnsafeMutableBufferPointer<UInt8>
    ) throws(Failure) -> Int {
        var count = 0
        var at = 0
        let end = text.count
        while at < end {
            var value = 0
            let start = at
            while at < end, case let digit = Int(text[at]) &- 48, digit >= 0, digit <= 9 {
                value = value &* 10 &+ digit
                at &+= 1
                if value > 255 { throw Failure(count, "is above 255") }
            }
            if at == start {
                // A blank, a comma, a tab, brackets of a list.
                guard [0x20, 0x2C, 0x3B, 0x09, 0x5B, 0x5D].contains(text[at]) else {
                    throw Failure(count, "is not a number")
                }
                at &+= 1
                continue
            }
            if count < image.count { image[count] = UInt8(truncatingIfNeeded: value) }
            if at < end, text[at] != 0x20 {
                if text[at] == 0x2E {
                    at &+= 1
                    while at < end, text[at] == 0x30 { at &+= 1 }
                    if at < end, text[at] >= 0x31, text[at] <= 0x39 { throw Failure(count, "is not a whole number") }
                }
                if at < end, ![0x20, 0x2C, 0x3B, 0x09, 0x5D].contains(text[at]) {
                    throw Failure(count, "is not a number")
                }
            }
            count &+= 1
            if at < end { at &+= 1 }
        }
        return count
    }
}
