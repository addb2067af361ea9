import CKernels
import Glibc

/// Power spectra of windows that follow each other, from samples that come in blocks of any length.
final class Spectra {
    /// Samples in a window, and from one window to the next.
    let size: Int
    let hop: Int
    static let lanes = Int(FM_SPECTRUM_LANES)
    private let tables: Tables
    private var work: [Float]
    private var power: [Float]
    private var samples: [Float]
    private var filled: Int

    /// What is the same for all transforms of a size.
    struct Tables: Sendable {
        fileprivate let window: [Float]
        fileprivate let cosines: [Float]
        fileprivate let order: [UInt32]
        var size: Int { window.count }

        /// - Parameter size: a power of two.
        init(size: Int) {
            precondition(size >= 16 && size & (size - 1) == 0)
            let shape = (0..<size).map { 0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(size)) }
            // A sine at full scale has a power of 1 in its bin.
            let sum = shape.reduce(0, +)
            window = shape.map { Float($0 * 2 / sum) }
            cosines = (0..<size / 2).flatMap { k -> [Float] in
                let angle = 2 * Double.pi * Double(k) / Double(size)
                return [Float(cos(angle)), Float(sin(angle))]
            }
            let bits = size.trailingZeroBitCount
            order = (0..<UInt32(size)).map { Tables.reversed($0, bits: bits) }
        }

        private static func reversed(_ value: UInt32, bits: Int) -> UInt32 {
            var value = value, result: UInt32 = 0
            for _ in 0..<bits {
                result = result << 1 | value & 1
                value >>= 1
            }
            return result
        }
    }

    /// The first window is centred at the first sample.
    init(_ tables: Tables, hop: Int) {
        precondition((1...tables.size).contains(hop))
        self.tables = tables
        self.hop = hop
        size = tables.size
        work = [Float](repeating: 0, count: size * Spectra.lanes)
        power = [Float](repeating: 0, count: (size / 2 + 1) * Spectra.lanes)
        samples = [Float](repeating: 0, count: size + hop * Spectra.lanes)
        filled = size / 2
    }

    /// How many samples a full batch of windows needs.
    private var needed: Int { size + hop * (Spectra.lanes - 1) }

    /// Takes samples; calls `body` for each batch of windows with `power[bin * lanes + window]` and their number.
    func feed(_ block: UnsafeBufferPointer<Float>, _ body: (UnsafePointer<Float>, Int) -> Void) {
        var rest = block[...]
        while !rest.isEmpty {
            let part = rest.prefix(needed - filled)
            samples.withUnsafeMutableBufferPointer { target in
                _ = UnsafeMutableBufferPointer(rebasing: target[filled...]).update(fromContentsOf: part)
            }
            filled += part.count
            rest = rest.dropFirst(part.count)
            if filled == needed { transform(Spectra.lanes, body) }
        }
    }

    /// Gives the windows whose centres are still within what was fed.
    func finish(_ body: (UnsafePointer<Float>, Int) -> Void) {
        var left = filled > size / 2 ? (filled - size / 2 + hop - 1) / hop : 0
        while left > 0 {
            let real = filled
            for i in filled..<needed { samples[i] = 0 }
            filled = needed
            transform(min(left, Spectra.lanes), body)
            filled = max(real - hop * Spectra.lanes, 0)
            left -= Spectra.lanes
        }
    }

    private func transform(_ count: Int, _ body: (UnsafePointer<Float>, Int) -> Void) {
        power.withUnsafeMutableBufferPointer { power in
            work.withUnsafeMutableBufferPointer { work in
                fm_power_spectra(
                    samples, hop, size, tables.window, tables.cosines, tables.order, work.baseAddress!,
                    power.baseAddress!)
            }
            body(UnsafePointer(power.baseAddress!), count)
        }
        let used = hop * Spectra.lanes
        filled -= used
        samples.withUnsafeMutableBufferPointer {
            $0.baseAddress!.update(from: $0.baseAddress! + used, count: filled)
        }
    }
}
