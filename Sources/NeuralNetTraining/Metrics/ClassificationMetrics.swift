import CKernels
import NeuralNetCore

/// How well predicted classes agree with the true ones.
public struct ClassificationMetrics: Sendable, Equatable {
    /// `confusion[true][predicted]` counts samples.
    public private(set) var confusion: [[Int]]
    /// Samples whose true class is among the two, three, ... most probable: `topK[k - 1]`.
    public private(set) var topK: [Int]
    /// Samples.
    public private(set) var count = 0

    /// Without samples; `add` counts them. Fewer classes than none count as none.
    public init(classes: Int) {
        let classes = max(classes, 0)
        confusion = Array(repeating: Array(repeating: 0, count: classes), count: classes)
        topK = Array(repeating: 0, count: classes)
    }

    /// Counts `labels.count` rows of probabilities, one value per class. Throws `NeuralNetError.incompatibleData` if there
    /// are more or fewer, or a label is no class.
    public init(probabilities: [Float], labels: [Int], classes: Int) throws {
        self.init(classes: classes)
        let classes = topK.count
        guard probabilities.count == labels.count * classes else {
            throw NeuralNetError.incompatibleData(
                expected: "\(labels.count) rows of \(classes) probabilities", received: "\(probabilities.count) values")
        }
        for (row, label) in labels.enumerated() {
            try add(label: label, probabilities: probabilities[row * classes..<(row + 1) * classes])
        }
    }

    /// Counts one sample. Equal probabilities count for the lower class, as argmax does. Throws
    /// `NeuralNetError.incompatibleData` if the label is no class, or there is not one probability for each class.
    public mutating func add(label: Int, probabilities: ArraySlice<Float>) throws {
        let row = Array(probabilities)
        guard topK.indices.contains(label), row.count == topK.count else {
            throw NeuralNetError.incompatibleData(
                expected: "a label in 0..<\(topK.count) and a probability for each class",
                received: "label \(label) and \(row.count) of them")
        }
        let rank = row.indices.reduce(0) {
            $0 + (row[$1] > row[label] || (row[$1] == row[label] && $1 < label) ? 1 : 0)
        }
        for k in rank..<topK.count { topK[k] += 1 }
        var best = 0
        for i in row.indices where row[i] > row[best] { best = i }
        confusion[label][best] += 1
        count += 1
    }

    /// Adds what others have counted, here and at all other ranks.
    mutating func add(_ others: [ClassificationMetrics], _ communicator: any Communicator) {
        for other in others { add(other) }
        let classes = topK.count, counts = [count] + confusion.joined() + topK
        var all = [Int](repeating: 0, count: counts.count * communicator.size)
        counts.withUnsafeBytes { counts in all.withUnsafeMutableBytes { communicator.gather(counts, into: $0) } }
        for rank in 0..<communicator.size where rank != communicator.rank {
            let its = all[rank * counts.count..<(rank + 1) * counts.count]
            var other = ClassificationMetrics(classes: classes)
            other.count = its[its.startIndex]
            for label in 0..<classes {
                let start = its.startIndex + 1 + label * classes
                other.confusion[label] = Array(its[start..<start + classes])
            }
            other.topK = Array(its.suffix(classes))
            add(other)
        }
    }

    private mutating func add(_ other: ClassificationMetrics) {
        count += other.count
        for label in topK.indices {
            topK[label] += other.topK[label]
            for found in topK.indices { confusion[label][found] += other.confusion[label][found] }
        }
    }

    /// Samples classified rightly.
    public var correct: Int { confusion.indices.reduce(0) { $0 + confusion[$1][$1] } }

    /// Share of samples classified rightly; 0 for no samples.
    public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }

    /// Share of samples whose class is among the `k` most probable.
    public func topAccuracy(_ k: Int) -> Double {
        count == 0 || topK.isEmpty ? 0 : Double(topK[min(max(k, 1), topK.count) - 1]) / Double(count)
    }

    /// Wilson's 95 % interval of the accuracy. E. B. Wilson, "Probable Inference", 1927.
    public var accuracyInterval: ClosedRange<Double> {
        guard count > 0 else { return 0...1 }
        let z = 1.959963984540054, n = Double(count), p = accuracy
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, centre - half)...min(1, centre + half)
    }

    /// Samples of a class; 0 for what is no class, as in what follows.
    public func support(_ label: Int) -> Int { confusion.indices.contains(label) ? confusion[label].reduce(0, +) : 0 }

    /// Share of the samples predicted as the class that are of it; 0 if none are predicted.
    public func precision(_ label: Int) -> Double {
        guard confusion.indices.contains(label) else { return 0 }
        let predicted = confusion.reduce(0) { $0 + $1[label] }
        return predicted == 0 ? 0 : Double(confusion[label][label]) / Double(predicted)
    }

    /// Share of the class's samples that are predicted as it; 0 if it has none.
    public func recall(_ label: Int) -> Double {
        let total = support(label)
        return total == 0 ? 0 : Double(confusion[label][label]) / Double(total)
    }

    /// Harmonic mean of precision and recall.
    public func f1(_ label: Int) -> Double {
        let p = precision(label), r = recall(label)
        return p + r == 0 ? 0 : 2 * p * r / (p + r)
    }

    /// Mean of the recall over the classes that occur, each counting the same.
    public var balancedAccuracy: Double {
        let present = confusion.indices.filter { support($0) > 0 }
        return present.isEmpty ? 0 : present.reduce(0) { $0 + recall($1) } / Double(present.count)
    }

    /// Mean of F1 over the classes that occur, each counting the same.
    public var macroF1: Double {
        let present = confusion.indices.filter { support($0) > 0 }
        return present.isEmpty ? 0 : present.reduce(0) { $0 + f1($1) } / Double(present.count)
    }
}
