/// The shape of a dataset or an attribute.
struct Dataspace {
    /// Sizes of the axes, none for a single value; nil if there are no values at all.
    let shape: [Int]?
    /// How many values that is.
    let count: Int

    init(_ cursor: ByteCursor) throws {
        var cursor = cursor
        let version = try cursor.byte(), rank = try cursor.number(1)
        try cursor.skip(1)
        guard rank <= 32 else { throw cursor.damaged("has \(rank) axes") }
        switch version {
        case 1: try cursor.skip(5)
        case 2:
            if try cursor.byte() == 2 {
                shape = nil
                count = 0
                return
            }
        default: throw cursor.damaged("has a shape of an unknown kind")
        }
        var shape: [Int] = []
        for _ in 0..<rank { shape.append(try cursor.length()) }
        self.shape = shape
        guard let count = shape.product else { throw HDF5Failure("shape \(shape) is too large") }
        self.count = count
    }
}

extension [Int] {
    /// The product of sizes; nil if it does not fit.
    var product: Int? {
        if contains(0) { return 0 }
        var product = 1
        for size in self {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow, size >= 0 else { return nil }
            product = next
        }
        return product
    }
}
