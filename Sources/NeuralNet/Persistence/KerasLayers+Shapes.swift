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
        case "ZeroPadding2D": return try zeroPadding(&r)
        default: return nil
        }
    }

    private static func zeroPadding(_ r: inout KerasConfigReader) throws -> any Layer {
        guard let value = r.raw("padding") else { return ZeroPadding2D(1) }
        if let all = value.intValue, all <= 65536 { return ZeroPadding2D(all) }
        guard let sides = value.arrayValue, sides.count == 2 else {
            throw r.failure("padding", "\(value.text()) is not two pairs of whole numbers in range")
        }
        let pairs = sides.compactMap { side -> (Int, Int)? in
            if let both = side.intValue, both <= 65536 { return (both, both) }
            guard let ends = side.arrayValue, ends.count == 2, let first = ends[0].intValue,
                let second = ends[1].intValue, first <= 65536, second <= 65536
            else { return nil }
            return (first, second)
        }
        guard pairs.count == 2 else {
            throw r.failure("padding", "\(value.text()) is not two pairs of whole numbers in range")
        }
        return ZeroPadding2D(top: pairs[0].0, bottom: pairs[0].1, left: pairs[1].0, right: pairs[1].1)
    }
}
