/// Damages files, the same way each time. Also compiled by Scripts/fuzz.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    private mutating func random(_ below: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 33) % max(below, 1)
    }

    /// Some bytes changed, runs overwritten, pieces moved or taken from `other`, or the end cut off. `places` are where
    /// the structure is; half of the changes are there.
    mutating func damaged(_ file: [UInt8], other: [UInt8], places: [Int]) -> [UInt8] {
        var bytes = file
        for _ in 0...random(4) where !bytes.isEmpty {
            let structural = !places.isEmpty && random(2) == 0
            let place = min(
                structural ? places[random(places.count)] + random(64) : random(bytes.count), bytes.count - 1)
            let length = min(1 + random(16), bytes.count - place)
            switch random(10) {
            case 0, 1: bytes[place] ^= 1 << UInt8(random(8))
            case 2: bytes[place] = UInt8(random(256))
            case 3: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][random(5)]
            case 4: for i in place..<place + length { bytes[i] = UInt8(random(256)) }
            case 5: for i in place..<place + length { bytes[i] = random(2) == 0 ? 0 : 0xFF }
            case 6:  // an address or a length of another place
                let from = places.isEmpty ? random(bytes.count) : places[random(places.count)]
                for i in 0..<8 where place + i < bytes.count { bytes[place + i] = UInt8(from >> (8 * i) & 0xFF) }
            case 7:
                let from = random(bytes.count), count = min(length * 8, bytes.count - max(place, from))
                let piece = Array(bytes[from..<from + count])
                bytes.replaceSubrange(place..<place + count, with: piece)
            case 8:
                let from = random(other.count), count = min(length * 8, bytes.count - place, other.count - from)
                bytes.replaceSubrange(place..<place + count, with: other[from..<from + count])
            default: if random(4) == 0 { bytes.removeLast(bytes.count - place) }
            }
        }
        return bytes
    }

    /// Where the parts of a file begin, and what belongs to them.
    static func places(of file: [UInt8]) -> [Int] {
        let names = [
            "TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK", "FRHP", "FHDB", "FHIB", "BTHD", "BTLF", "BTIN", "FAHD",
        ]
        .map { Array($0.utf8) }
        var places = [8, 40]
        for place in 0..<max(file.count - 24, 0) {
            let isName = names.contains { file[place] == $0[0] && file[place..<place + 4].elementsEqual($0) }
            // The header of an old object: version 1, one reference.
            let isOld =
                file[place] == 1 && file[place + 1] == 0 && file[place + 4] == 1 && file[place + 5] == 0
                && file[place + 6] == 0 && file[place + 7] == 0 && place % 8 == 0
            if isName || isOld { places.append(place) }
        }
        return places
    }

    /// Makes the checksums of the parts at `places` right again, so that damage behind them is seen too.
    static func repaired(_ file: [UInt8], places: [Int], _ checksum: (ArraySlice<UInt8>) -> UInt32) -> [UInt8] {
        var bytes = file
        func fix(_ start: Int, _ size: Int) {
            guard size >= 8, start + size <= bytes.count else { return }
            let sum = checksum(bytes[start..<start + size - 4])
            for i in 0..<4 { bytes[start + size - 4 + i] = UInt8(sum >> UInt32(8 * i) & 0xFF) }
        }
        if bytes.count > 48, bytes[8] == 2 || bytes[8] == 3 { fix(0, 48) }
        for place in places.reversed() where place + 24 < bytes.count {
            switch String(decoding: bytes[place..<place + 4], as: UTF8.self) {
            case "OHDR":
                let flags = bytes[place + 5], width = 1 << Int(flags & 3)
                let fixed = 6 + (flags & 0x20 == 0 ? 0 : 16) + (flags & 0x10 == 0 ? 0 : 4)
                guard place + fixed + width <= bytes.count else { continue }
                var size = 0
                for i in 0..<min(width, 4) { size |= Int(bytes[place + fixed + i]) << (8 * i) }
                fix(place, fixed + width + size + 4)
            case "BTHD": fix(place, 38)
            case "FRHP": fix(place, 146)
            case "FAHD": fix(place, 28)
            default: break
            }
        }
        return bytes
    }
}
