/// Tells a picture from Motion JPEG, which is pictures one after the other.
package enum JPEGSequence {
    package enum Verdict { case single, several, undecided }

    /// Walks through the pictures (ITU-T T.81, annex B): three of one size are a video. Photos have smaller copies or a
    /// second look behind them, often without a word about it in a segment "MPF" (CIPA DC-007).
    ///
    /// - Parameter isComplete: nothing follows `bytes`; without it the answer may be `undecided`.
    package static func judge(_ bytes: ArraySlice<UInt8>, isComplete: Bool) -> Verdict {
        let bytes = Array(bytes)
        let unknown = isComplete ? Verdict.single : .undecided
        var place = 2, pictures = 1
        var size: ArraySlice<UInt8>?
        while true {
            // The next marker: in picture data, 0xFF is followed by 0 or a restart marker.
            while place + 1 < bytes.count, bytes[place] != 0xFF || isData(bytes[place + 1]) { place += 1 }
            guard place + 4 <= bytes.count else { return unknown }
            let marker = bytes[place + 1]
            place += 2
            if marker == 0xD9 {
                while place < bytes.count, bytes[place] == 0 { place += 1 }
                guard place + 3 <= bytes.count else { return unknown }
                guard bytes[place..<place + 3] == [0xFF, 0xD8, 0xFF] else { return .single }
                pictures += 1
                place += 2
                continue
            }
            let length = Int(bytes[place]) << 8 | Int(bytes[place + 1])
            guard length >= 2 else { return .single }
            if marker == 0xE2, bytes[(place + 2)...].starts(with: [0x4D, 0x50, 0x46, 0]) { return .single }
            if isFrameHeader(marker) {
                guard place + 7 <= bytes.count else { return unknown }
                let own = bytes[place + 3..<place + 7]
                guard size == nil || size == own else { return .single }
                size = own
                if pictures == 3 { return .several }
            }
            place += length
        }
    }

    /// The segment that says the size.
    private static func isFrameHeader(_ marker: UInt8) -> Bool {
        (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
    }

    private static func isData(_ byte: UInt8) -> Bool { byte == 0 || byte == 0xFF || (0xD0...0xD7).contains(byte) }
}
