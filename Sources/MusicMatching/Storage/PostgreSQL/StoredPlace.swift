/// `songs.place`: the numbers of a `CellPlace`, six of two bytes and two of eight, each with its highest byte first. None is
/// negative, so bytes are in the order of the numbers.
enum StoredPlace {
    private static let length = 28

    static func numbers(_ bytes: UnsafeRawBufferPointer) -> SIMD8<Int> {
        var numbers = SIMD8<Int>()
        guard bytes.count == length else { return numbers }
        for index in 0..<6 {
            numbers[index] = Int(Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)))
        }
        numbers[6] = Int(Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: Int64.self)))
        numbers[7] = Int(Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: 20, as: Int64.self)))
        return numbers
    }

    /// As a parameter. The start of a language comes before all places in it, the end behind them.
    static func value(_ place: CellPlace) -> SQLValue {
        if place.numbers[0] < 0 { return .text("\\x") }
        if place.numbers[0] > Int(Int16.max) { return .text("\\xff") }
        var text = "\\x"
        func add(_ number: Int, digits: Int) {
            let hex = String(number, radix: 16)
            text += String(repeating: "0", count: max(0, digits - hex.utf8.count)) + hex
        }
        for index in 0..<6 { add(place.numbers[index], digits: 4) }
        for index in 6..<8 { add(place.numbers[index], digits: 16) }
        return .text(text)
    }
}
