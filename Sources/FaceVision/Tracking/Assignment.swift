/// Pairs rows with columns so that the sum of their costs is smallest.
///
/// The Hungarian method with potentials, in the form that adds one row at a time. Cost: `rows^2 columns`.
/// Source: H. Kuhn, "The Hungarian Method for the Assignment Problem", 1955; J. Munkres, 1957.
package enum Assignment {
    /// The column of each row, or nil where the best pair costs more than `limit` or no column is left. All costs must be
    /// finite, every row of one length.
    package static func solve(_ costs: [[Double]], limit: Double) -> [Int?] {
        guard let columns = costs.first?.count, columns > 0 else { return costs.map { _ in nil } }
        // Pairs beyond the limit all count as much as staying alone, for which there is a column per row.
        let padded = costs.map { row in row.map { min($0, limit) } + [Double](repeating: limit, count: costs.count) }
        let assigned = solvePadded(padded)
        return costs.indices.map { row in
            let column = assigned[row]
            return column < columns && costs[row][column] < limit ? column : nil
        }
    }

    /// At least as many columns as rows.
    private static func solvePadded(_ costs: [[Double]]) -> [Int] {
        let rows = costs.count, columns = costs[0].count
        var rowPotential = [Double](repeating: 0, count: rows + 1)
        var columnPotential = [Double](repeating: 0, count: columns + 1)
        // Counted from 1; column 0 holds the row that is being added.
        var rowOf = [Int](repeating: 0, count: columns + 1)
        for row in 1...rows {
            rowOf[0] = row
            var column = 0
            var distance = [Double](repeating: .infinity, count: columns + 1)
            var previous = [Int](repeating: 0, count: columns + 1)
            var isUsed = [Bool](repeating: false, count: columns + 1)
            repeat {
                isUsed[column] = true
                let current = rowOf[column]
                var step = Double.infinity
                var next = 0
                for candidate in 1...columns where !isUsed[candidate] {
                    let reduced =
                        costs[current - 1][candidate - 1] - rowPotential[current] - columnPotential[candidate]
                    if reduced < distance[candidate] {
                        distance[candidate] = reduced
                        previous[candidate] = column
                    }
                    if distance[candidate] < step {
                        step = distance[candidate]
                        next = candidate
                    }
                }
                for candidate in 0...columns {
                    if isUsed[candidate] {
                        rowPotential[rowOf[candidate]] += step
                        columnPotential[candidate] -= step
                    } else {
                        distance[candidate] -= step
                    }
                }
                column = next
            } while rowOf[column] != 0
            while column != 0 {
                rowOf[column] = rowOf[previous[column]]
                column = previous[column]
            }
        }
        var result = [Int](repeating: 0, count: rows)
        for column in 1...columns where rowOf[column] > 0 { result[rowOf[column] - 1] = column - 1 }
        return result
    }
}
