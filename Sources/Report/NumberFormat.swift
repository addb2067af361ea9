import Glibc

/// A number with a fixed count of decimals and no negative zero; `nil`-like values are written as a dash.
package func decimal(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "–" }
    let text = formatted("%.*f", decimals, value)
    return text.allSatisfy({ "-0.".contains($0) }) && text.first == "-" ? String(text.dropFirst()) : text
}

/// A number with four significant digits, for tooltips.
func brief(_ value: Double) -> String {
    value.isFinite ? formatted("%.*g", 4, value) : "–"
}

/// A coordinate in a drawing: one decimal is a tenth of a pixel.
func coordinate(_ value: Double) -> String { decimal(value, 1) }

/// A count with thousands separated: 28,709.
func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var result = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
        result.append(digit)
    }
    return result
}

private func formatted(_ format: String, _ precision: Int, _ value: Double) -> String {
    withVaList([Int32(max(0, min(precision, 17))), value]) { list in
        // The largest Double has 309 digits before the point.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 352) { buffer in
            vsnprintf(buffer.baseAddress, buffer.count, format, list)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}
