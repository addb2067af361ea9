import JSON
import NeuralNetCore

extension KerasLayers {
    static func shaping(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "Flatten": return Flatten()
        case "Reshape":
            guard let shape = try r.ints("target_shape") else { throw r.failure("target_shape", "missing") }
            return Reshape(shape)
        case "Permute":
            guard let dims = try r.ints("dims") else { throw r.failure("dims", "missing") }
            return Permute(dims)
        case "RepeatVector": return RepeatVector(try r.int("n"))
        case "ZeroPadding2D":
            let sides = try r.sides("padding", default: 1)
            return ZeroPadding2D(top: sides[0].0, bottom: sides[0].1, left: sides[1].0, right: sides[1].1)
        case "Cropping2D":
            let sides = try r.sides("cropping", default: 0)
            return Cropping2D(top: sides[0].0, bottom: sides[0].1, left: sides[1].0, right: sides[1].1)
        case "UpSampling2D":
            return UpSampling2D(size: try r.pair("size", default: (2, 2)), interpolation: try r.interpolation(.nearest))
        case "Resizing": return try resizing(&r)
        case "CenterCrop": return CenterCrop(height: try r.int("height"), width: try r.int("width"))
        case "ZeroPadding1D":
            let ends = try r.pair("padding", default: (1, 1))
            return ZeroPadding1D(left: ends.0, right: ends.1)
        case "Cropping1D":
            let ends = try r.pair("cropping", default: (1, 1))
            return Cropping1D(left: ends.0, right: ends.1)
        case "UpSampling1D": return UpSampling1D(try r.single("size", default: 2))
        default: return nil
        }
    }

    private static func resizing(_ r: inout KerasConfigReader) throws -> any Layer {
        guard try !r.bool("antialias", default: false) else { throw r.failure("antialias", "true is not supported") }
        let crops = try r.bool("crop_to_aspect_ratio", default: false)
        let pads = try r.bool("pad_to_aspect_ratio", default: false)
        let mode = try r.string("fill_mode", default: "constant"), value = try r.float("fill_value", default: 0)
        guard !pads || mode == "constant" && value == 0 else {
            throw r.failure("fill_value", "\(value) with fill_mode '\(mode)' is not supported, only 0 and 'constant'")
        }
        return Resizing(
            height: try r.int("height"), width: try r.int("width"), interpolation: try r.interpolation(.bilinear),
            fit: crops ? .crop : pads ? .pad : .stretch)
    }
}

extension KerasConfigReader {
    mutating func interpolation(_ fallback: Interpolation) throws -> Interpolation {
        let text = try string("interpolation", default: fallback.rawValue).lowercased()
        guard let interpolation = Interpolation(rawValue: text) else {
            let known = Interpolation.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("interpolation", "'\(text)' is not supported, only \(known)")
        }
        return interpolation
    }

    /// What is put on or cut off at both ends of height and width: one number, one for each or two for each.
    mutating func sides(_ name: String, default fallback: Int) throws -> [(Int, Int)] {
        guard let value = raw(name), !value.isNull else { return [(fallback, fallback), (fallback, fallback)] }
        func number(_ value: JSONValue) -> Int? { value.intValue.flatMap { $0 <= 65536 ? $0 : nil } }
        if let all = number(value) { return [(all, all), (all, all)] }
        let pairs = (value.arrayValue ?? []).compactMap { side -> (Int, Int)? in
            if let both = number(side) { return (both, both) }
            guard let ends = side.arrayValue, ends.count == 2, let first = number(ends[0]), let second = number(ends[1])
            else { return nil }
            return (first, second)
        }
        guard pairs.count == 2, value.arrayValue?.count == 2 else {
            throw failure(name, "\(value.text()) is not two pairs of whole numbers in range")
        }
        return pairs
    }
}
