/// How the work of a pass is shared among the threads: nobody is woken for less than waking costs. Results never depend
/// on it, since the parts write to separate places.
extension Pass {
    /// Floats read or written, and multiplications, that take about as long as handing them to another thread (2 µs).
    static let leastElements = 1 << 14
    static let leastOperations = 1 << 17

    /// Runs `body` for parts of the rows of each image, whole images if there are enough of them. `operations`: per image.
    func runRows(
        _ rows: Int, operations: Int, _ body: (_ thread: Int, _ image: Int, _ rows: Range<Int>) -> Void
    ) {
        let parts = min(2 * threads.count, operations * count / Pass.leastOperations)
        guard threads.count > 1, parts > 1 else {
            for image in 0..<count { body(0, image, 0..<rows) }
            return
        }
        let bands = min(rows, (parts + count - 1) / count)
        threads.runEach(count * bands) { thread, index in
            let band = index % bands
            body(thread, index / bands, rows * band / bands..<rows * (band + 1) / bands)
        }
    }
}
