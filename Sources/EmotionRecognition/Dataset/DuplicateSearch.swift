/// Finds equal and nearly equal pictures of a data set. Groups hold places in the data set, in order, and stand in the
/// order of their first members.
struct DuplicateSearch {
    private let dataset: FaceDataset
    /// Of each picture's pixels.
    let deviations: [Double]
    /// Sums of each picture's pixels.
    private let sums: [Int]

    init(_ dataset: FaceDataset) {
        self.dataset = dataset
        let bytes = dataset.imageBytes
        var deviations: [Double] = [], sums: [Int] = []
        deviations.reserveCapacity(dataset.count)
        sums.reserveCapacity(dataset.count)
        dataset.withUnsafePixels { pixels in
            for index in 0..<dataset.count {
                var sum = 0, squares = 0
                for value in pixels[index * bytes..<(index + 1) * bytes] {
                    sum &+= Int(value)
                    squares &+= Int(value) &* Int(value)
                }
                let mean = Double(sum) / Double(bytes)
                sums.append(sum)
                deviations.append(max(0, Double(squares) / Double(bytes) - mean * mean).squareRoot())
            }
        }
        self.deviations = deviations
        self.sums = sums
    }

    /// Groups of pictures that are equal byte for byte: found by a hash, then compared.
    func exactGroups() -> [[Int]] {
        var firsts: [UInt64: [Int]] = [:]  // places of different pictures with one hash
        var groups: [Int: [Int]] = [:]
        firsts.reserveCapacity(dataset.count)
        dataset.withUnsafePixels { pixels in
            let bytes = dataset.imageBytes
            for index in 0..<dataset.count {
                let image = UnsafeBufferPointer(rebasing: pixels[index * bytes..<(index + 1) * bytes])
                let hash = DuplicateSearch.hash(UnsafeRawBufferPointer(image))
                let equal = firsts[hash, default: []].first { other in
                    image.elementsEqual(pixels[other * bytes..<(other + 1) * bytes])
                }
                if let equal {
                    groups[equal, default: [equal]].append(index)
                } else {
                    firsts[hash, default: []].append(index)
                }
            }
        }
        return groups.keys.sorted().map { groups[$0]! }
    }

    /// Groups of pictures that are chained by small differences. Candidates share 16 bits of their hashes, at most
    /// `hashBits` of all 64 differ; then the pixels decide.
    func nearGroups(among candidates: [Int], _ thresholds: DatasetAudit.Thresholds) -> [[Int]] {
        guard candidates.count > 1 else { return [] }
        let hashes = dataset.withUnsafePixels { pixels in
            candidates.map { differenceHash(pixels.baseAddress! + $0 * dataset.imageBytes) }
        }
        var parents = Array(candidates.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while parents[index] != index {
                parents[index] = parents[parents[index]]
                index = parents[index]
            }
            return index
        }
        let limit = Int(min(255, max(0, thresholds.meanDifference)) * Double(dataset.imageBytes))
        dataset.withUnsafePixels { pixels in
            for band in 0..<4 {
                func key(_ index: Int) -> UInt64 { hashes[index] >> UInt64(band * 16) & 0xFFFF }
                let order = candidates.indices.sorted { (key($0), $0) < (key($1), $1) }
                var start = 0
                while start < order.count {
                    var end = start + 1
                    while end < order.count, key(order[end]) == key(order[start]) { end += 1 }
                    for i in start..<end {
                        for j in i + 1..<end {
                            let a = order[i], b = order[j]
                            guard (hashes[a] ^ hashes[b]).nonzeroBitCount <= thresholds.hashBits else { continue }
                            // The means alone may already differ by too much.
                            guard abs(sums[candidates[a]] - sums[candidates[b]]) <= limit else { continue }
                            let (rootA, rootB) = (root(a), root(b))
                            guard rootA != rootB else { continue }
                            if difference(pixels.baseAddress!, candidates[a], candidates[b], limit: limit) <= limit {
                                parents[max(rootA, rootB)] = min(rootA, rootB)
                            }
                        }
                    }
                    start = end
                }
            }
        }
        var groups: [Int: [Int]] = [:]
        for index in candidates.indices { groups[root(index), default: []].append(candidates[index]) }
        return groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }

    /// The sum of absolute differences, or more than `limit`.
    private func difference(_ pixels: UnsafePointer<UInt8>, _ a: Int, _ b: Int, limit: Int) -> Int {
        let bytes = dataset.imageBytes
        let p = pixels + a * bytes, q = pixels + b * bytes
        var total = 0
        var at = 0
        while at < bytes, total <= limit {
            let end = min(at + 256, bytes)
            var part: Int32 = 0
            for i in at..<end { part &+= abs(Int32(p[i]) &- Int32(q[i])) }
            total += Int(part)
            at = end
        }
        return total
    }

    /// One bit for each of 8 x 8 places of the picture shrunk to 9 x 8: whether it is darker than its right neighbour.
    /// N. Krawetz, "Kind of Like That", 2013.
    private func differenceHash(_ pixels: UnsafePointer<UInt8>) -> UInt64 {
        let size = dataset.size
        var hash: UInt64 = 0
        for row in 0..<8 {
            let top = row * size / 8, bottom = max(top + 1, (row + 1) * size / 8)
            var previous = 0.0
            for column in 0..<9 {
                let left = column * size / 9, right = max(left + 1, (column + 1) * size / 9)
                var sum = 0
                for y in top..<bottom {
                    for x in left..<right { sum &+= Int(pixels[y * size + x]) }
                }
                let mean = Double(sum) / Double((bottom - top) * (right - left))
                if column > 0 { hash = hash << 1 | (previous < mean ? 1 : 0) }
                previous = mean
            }
        }
        return hash
    }

    /// FNV-1a over 8 bytes at a time.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var at = 0
        while at + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            hash = (hash ^ word ^ word >> 29) &* 0x0000_0100_0000_01B3
            at += 8
        }
        while at < bytes.count {
            hash = (hash ^ UInt64(bytes[at])) &* 0x0000_0100_0000_01B3
            at += 1
        }
        return hash
    }
}
