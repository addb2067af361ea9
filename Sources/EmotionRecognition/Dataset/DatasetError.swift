import NeuralNet

/// What is wrong with a data set, and where. The description is one clear line.
public enum DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    /// A CSV row (counted as an editor counts lines, the header being 1) that cannot be used.
    case badRow(path: String, row: Int, reason: String)
    case badImage(path: String, reason: String)
    case empty(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    /// Names of classes that do not say what they mean; a `ClassAssignment` would.
    case unclearClasses(path: String, row: Int?, reason: String, remedy: Remedy)

    public var description: String {
        switch self {
        case .cannotRead(let path, let reason), .empty(let path, let reason), .badImage(let path, let reason):
            return "\(path): \(reason)"
        case .badRow(let path, let row, let reason): return "\(path): row \(row): \(reason)"
        case .cannotWrite(let path, let reason): return "\(path): cannot write: \(reason)"
        case .unclearClasses(let path, let row, let reason, _):
            return row.map { "\(path): row \($0): \(reason)" } ?? "\(path): \(reason)"
        }
    }
}

extension DatasetError: RemediableError {
    public var remedy: Remedy? { if case .unclearClasses(_, _, _, let remedy) = self { remedy } else { nil } }
}

/// How a data set is read.
public struct DatasetReadOptions: Sendable {
    /// Width and height that pictures are brought to.
    public var size = 48
    /// Leaves out what cannot be used instead of failing.
    public var skipsBad = false
    /// What the user says about the names of classes.
    public var classes: ClassAssignment?
    /// People's votes for the pictures, and what becomes of them, also of those that come with the data.
    public var votes: FaceVotes?
    /// What is learnt from the votes.
    public var targets = VoteTargets.distribution
    /// Those who read together: each a part of the lines or files, and all get the whole.
    public var communicator: any Communicator = SingleProcess()

    public init(size: Int = 48, skipsBad: Bool = false, classes: ClassAssignment? = nil) {
        self.size = size
        self.skipsBad = skipsBad
        self.classes = classes
    }
}

/// A data set and what was left out of it.
public struct LoadedDataset: Sendable {
    public var dataset: FaceDataset
    /// What could not be used, if `DatasetReadOptions.skipsBad`; otherwise empty.
    public var skipped: [DatasetError]
    /// How names of classes and the layout were understood where that is not plain, a line each.
    public var notes: [Note] = []
    /// Votes that came with the data.
    var votes: FaceVotes?
}
