/// When a batch is predicted in portions, one after another through the whole network, instead of all of it through one
/// layer after another: what a layer writes is still in the caches when the next one reads it, and memory does not grow
/// with the batch.
///
/// That pays for 8-bit integers, which take longer to be fetched than to be multiplied (a portion of 32 for a batch of 64
/// of the documented network: 1.15 times as fast). Products of floats are slower for fewer rows, and so are those of
/// integers where the images are small.
enum Portions {
    /// Floats of a layer's output that the caches have room for.
    private static let room = 6 << 20

    /// How many samples a portion has; nil if the batch is better predicted at once.
    static func samples(_ plan: ExecutionPlan) -> Int? {
        let options = plan.options, batch = options.maximumBatch, largest = plan.buffers.max() ?? 0
        // What a loss reads before the last activation stays in a portion.
        guard !options.isTraining, options.convolution == .automatic, options.precision == .int8, options.whole == nil,
            options.absorbed.allSatisfy({ $0 == nil }), largest > 0, batch > room / largest
        else { return nil }
        var samples = 1
        while 2 * samples * largest <= room { samples *= 2 }
        return batch >= 2 * samples ? samples : nil
    }
}
