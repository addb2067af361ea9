/// How the work of a pass is shared among the threads: nobody is woken for less than waking costs. Results never depend
/// on it, since the parts write to separate places.
extension Pass {
    /// Floats read or written, and multiplications, that take about as long as handing them to another thread (2 µs).
    static let leastElements = 1 << 14
    static let leastOperations = 1 << 17
    /// What takes about as long as waking a thread that sleeps (30 µs).
    static let wakingOperations = Double(1 << 21)

    /// Into how many parts it pays to divide so many multiplications per image.
    func parts(operations: Double) -> Int {
        Int(min(Double(2 * threads.count), operations * Double(count) / Double(Pass.leastOperations)))
    }

    /// Runs `body` for parts of the rows of each image, whole images if there are enough of them. `operations`: per image.
    func runRows(
        _ rows: Int, operations: Double, _ body: (_ thread: Int, _ image: Int, _ rows: Range<Int>) -> Void
    ) {
        let parts = parts(operations: operations)
        guard threads.count > 1, parts > 1 else {
            for image in 0..<count { body(0, image, 0..<rows) }
            return
        }
        let bands = min(rows, (parts + count - 1) / count)
        threads.runEach(count * bands, wakes: operations * Double(count) >= Pass.wakingOperations) { thread, index in
            let band = index % bands
            body(thread, index / bands, rows * band / bands..<rows * (band + 1) / bands)
        }
    }

    /// Runs `body` for parts of the columns of a matrix, for all at once where that is soon done. `operations`: per image.
    func runColumns(_ columns: Int, operations: Double, _ body: (Range<Int>) -> Void) {
        if parts(operations: operations) > 1 { threads.runColumns(columns, body) } else { body(0..<columns) }
    }
}
