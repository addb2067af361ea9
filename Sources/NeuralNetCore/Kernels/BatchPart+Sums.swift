/// Numbers of some samples made those of the whole batch; nothing happens where nobody else has any.

extension BatchPart {
    /// How many samples the whole batch has, `own` of them here.
    func samples(_ own: Int) -> Int { total ?? own }

    /// Makes means, and sums of squares about them, those of the whole batch: `channels` of each, here of `count` values.
    /// `message`: room for `2 * channels + 1` floats. T. Chan et al., "Updating Formulae and a Pairwise Algorithm for
    /// Computing Sample Variances", 1979.
    func joinMoments(
        _ mean: UnsafeMutablePointer<Float>, _ squares: UnsafeMutablePointer<Float>, channels: Int, of count: Int,
        message: UnsafeMutablePointer<Float>
    ) {
        guard let peers else { return }
        let size = 2 * channels + 1
        message.update(from: mean, count: channels)
        (message + channels).update(from: squares, count: channels)
        message[2 * channels] = Float(count)
        let all = peers.gather(message, count: size)
        for c in 0..<channels {
            var n = 0.0, m = 0.0, s = 0.0
            for peer in 0..<peers.count {
                let its = all + peer * size, more = Double(its[2 * channels])
                guard more > 0 else { continue }
                let difference = Double(its[c]) - m
                s += Double(its[channels + c]) + difference * difference * n * more / (n + more)
                n += more
                m += difference * more / n
            }
            mean[c] = Float(m)
            squares[c] = Float(s)
        }
    }

    /// Adds the others' values, in the order of their samples.
    func joinSums(_ values: UnsafeMutablePointer<Float>, count: Int) {
        guard let peers else { return }
        let all = peers.gather(values, count: count)
        for i in 0..<count {
            var sum = 0.0
            for peer in 0..<peers.count { sum += Double(all[peer * count + i]) }
            values[i] = Float(sum)
        }
    }
}
