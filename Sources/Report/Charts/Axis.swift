import Glibc

/// A scale from data to drawing with ticks at round numbers.
struct Axis {
    let lower: Double
    let upper: Double
    let ticks: [Double]
    /// Decimals that tell the ticks apart.
    let decimals: Int

    /// An axis that holds all finite values. Ticks lie at multiples of 1, 2 or 5 times a power of ten.
    ///
    /// - Parameters:
    ///   - isInteger: ticks only at whole numbers (epochs).
    ///   - isTight: the axis ends at the data instead of at a tick.
    init(_ values: [Double], ticks wanted: Int = 5, isInteger: Bool = false, isTight: Bool = false) {
        // Numbers beyond these can't be drawn next to ordinary ones; their differences overflow or vanish.
        let finite = values.filter { abs($0) < 1e200 }.map { abs($0) < 1e-200 ? 0 : $0 }
        var low = finite.min() ?? 0, high = finite.max() ?? 1
        if high - low <= max(abs(low), abs(high)) * 1e-9 {
            // One value only: give it room on both sides.
            let room = isInteger ? 1 : max(abs(high) * 0.1, 1e-3)
            (low, high) = (low - room, high + room)
        }
        var step = Self.roundStep((high - low) / Double(max(1, wanted)))
        if isInteger { step = max(1, step) }
        let first = isTight ? (low / step).rounded(.up) : (low / step).rounded(.down)
        let last = isTight ? (high / step).rounded(.down) : (high / step).rounded(.up)
        lower = isTight ? low : first * step
        upper = isTight ? high : last * step
        ticks = (0...max(0, Int(last - first))).map { (first + Double($0)) * step }
        decimals = max(0, Int(-log10(step).rounded(.down)))
    }

    /// The smallest of 1, 2, 5, 10 times a power of ten that is not below `size`.
    private static func roundStep(_ size: Double) -> Double {
        let power = pow(10, log10(size).rounded(.down))
        let digit = size / power
        return power * (digit <= 1.0001 ? 1 : digit <= 2.0001 ? 2 : digit <= 5.0001 ? 5 : 10)
    }

    /// The place of a value, 0 at the lower end and 1 at the upper.
    func place(_ value: Double) -> Double { (value - lower) / (upper - lower) }

    /// The label of a tick.
    func label(_ tick: Double) -> String {
        abs(tick) >= 1e6 || decimals > 6 ? brief(tick) : decimal(tick, decimals)
    }
}

/// The class of colour of the n-th series; they repeat after six.
func seriesColor(_ index: Int) -> String { "var(--c\(index % 6))" }

/// Names and colours of the series; nothing for a single one, which the title names.
func legend(_ names: [String]) -> String {
    guard names.count > 1 else { return "" }
    let items = names.enumerated().map {
        "<li><i style=\"background:\(seriesColor($0.offset))\"></i>\(escaped($0.element))</li>"
    }
    return "<ul class=\"legend\">\(items.joined())</ul>"
}

/// A drawing or table in a frame, with its title and legend.
func card(_ title: String, legend: String = "", _ content: String) -> String {
    let caption = title.isEmpty ? "" : "<figcaption>\(escaped(title))</figcaption>"
    return "<figure class=\"card\">\(caption)\n\(legend)\n\(content)</figure>"
}
