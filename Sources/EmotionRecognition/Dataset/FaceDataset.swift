import Emotions
import Files
import Randomness

/// Labelled grey pictures of faces, all of one size, held as bytes: FER2013's 28,709 training pictures are 66 MB.
public struct FaceDataset: Sendable {
    /// FER2013's three parts. The names are those of the `Usage` column.
    public enum Split: String, Sendable, CaseIterable, Codable {
        case training = "Training"
        case publicTest = "PublicTest"
        case privateTest = "PrivateTest"

        /// Finds a split by its name in any case, or by what people call it (`train`, `validation`, `test`).
        public init?(name: String) {
            switch name.lowercased() {
            case "training", "train", "trainset", "train_set", "training_set": self = .training
            case "publictest", "public": self = .publicTest
            case "privatetest", "private": self = .privateTest
            default:
                guard Self.isValidation(name) || Self.isTest(name) else { return nil }
                self = .publicTest
            }
        }

        static func isValidation(_ name: String) -> Bool {
            ["validation", "valid", "val", "dev", "validation_set"].contains(name.lowercased())
        }

        /// Whether a folder's name is that of a part, FER+'s included.
        static func isPart(_ name: String) -> Bool {
            Self(name: name) != nil || ["fer2013train", "fer2013valid", "fer2013test"].contains(name.lowercased())
        }

        /// Words that are PublicTest, or PrivateTest where there is a part for validation too.
        static func isTest(_ name: String) -> Bool {
            ["test", "testing", "testset", "test_set"].contains(name.lowercased())
        }
    }

    /// Width and height of every picture.
    public let size: Int
    /// The classes; labels are indices into it.
    public let classNames: [String]
    private var bytes: [UInt8] = []
    /// Where the pictures are instead, if they are in a packed file.
    private(set) var packed: PackedPixels?
    /// A place in `classNames` for each picture.
    public private(set) var labels: [UInt8] = []
    /// The part that each picture belongs to.
    public private(set) var splits: [Split] = []
    /// Where each picture comes from: a file, or a row; in a packed file its place.
    public private(set) var names: [String] = []

    /// What people voted, instead of one label for each picture; nil if there are none.
    public private(set) var votes: VotedLabels?

    /// FER2013's classes in the order of their numbers.
    public static let standardClassNames = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]

    /// Without pictures; `append` adds them. A size below 1 counts as 1.
    public init(size: Int = 48, classNames: [String] = standardClassNames) {
        self.size = max(size, 1)
        self.classNames = classNames
    }

    /// The pictures of a packed file.
    init(size: Int, classNames: [String], pixels: PackedPixels, labels: [UInt8], splits: [Split]) {
        self.size = size
        self.classNames = classNames
        packed = pixels
        self.labels = labels
        self.splits = splits
        // As short as needs no memory of its own.
        names = labels.indices.map { "picture \($0 + 1)" }
    }

    /// Pictures.
    public var count: Int { labels.count }

    /// `size * size` bytes per picture, one picture after another; of a packed file a copy.
    public var pixels: [UInt8] { packed.map { Array($0.bytes) } ?? bytes }

    /// Calls `body` with the bytes of all pictures.
    func withUnsafePixels<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        if let packed { return try body(packed.bytes) }
        return try bytes.withUnsafeBufferPointer(body)
    }

    /// Before pictures change: takes those of a packed file into memory.
    private mutating func unpack() {
        guard let packed else { return }
        bytes = Array(packed.bytes)
        self.packed = nil
    }

    /// Bytes of one picture.
    public var imageBytes: Int { size * size }

    /// Adds a picture. Throws `RecognitionError.incompatibleData` unless it has `size * size` bytes and the label is one of
    /// the first 256 classes.
    public mutating func append(_ image: UnsafeBufferPointer<UInt8>, label: Int, split: Split, name: String) throws {
        guard image.count == imageBytes, classNames.indices.contains(label), label <= UInt8.max else {
            throw RecognitionError.incompatibleData(
                expected: "\(imageBytes) bytes and a label in 0..<\(min(classNames.count, 256))",
                received: "\(image.count) bytes and the label \(label)")
        }
        add(image, label: label, split: split, name: name)
    }

    /// Adds a picture that fits.
    mutating func add(_ image: UnsafeBufferPointer<UInt8>, label: Int, split: Split, name: String) {
        unpack()
        bytes.append(contentsOf: image)
        labels.append(UInt8(label))
        splits.append(split)
        names.append(name)
    }

    /// Puts other bytes in the place of a picture's.
    mutating func replaceImage(_ index: Int, by image: [UInt8]) {
        precondition(image.count == imageBytes)
        unpack()
        bytes.replaceSubrange(index * imageBytes..<(index + 1) * imageBytes, with: image)
    }

    /// Puts pictures into another split.
    mutating func setSplit(_ split: Split, of places: [Int]) {
        for place in places { splits[place] = split }
    }

    /// The same pictures with other classes; `map` says for each class which it becomes, nil for
    /// those that no picture has.
    consuming func relabelled(_ classNames: [String], map: [Int?]) -> FaceDataset {
        var result = FaceDataset(size: size, classNames: classNames)
        result.bytes = bytes
        result.packed = packed
        result.labels = labels.map { UInt8(map[Int($0)]!) }
        result.splits = splits
        result.names = names
        result.votes = votes?.relabelled(classNames.count, map: map)
        return result
    }

    /// The same pictures with labels and votes made for them.
    consuming func relabelled(_ classNames: [String], labels: [UInt8], votes: VotedLabels) -> FaceDataset {
        precondition(labels.count == count && votes.shares.count == count * classNames.count)
        var result = FaceDataset(size: size, classNames: classNames)
        result.bytes = bytes
        result.packed = packed
        result.labels = labels
        result.splits = splits
        result.names = names
        result.votes = votes
        return result
    }

    /// Makes room for `count` pictures in all, so that adding them copies nothing.
    public mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count * imageBytes)
        labels.reserveCapacity(count)
        splits.reserveCapacity(count)
        names.reserveCapacity(count)
    }

    /// The places of a split's pictures, in order.
    public func indices(of split: Split) -> [Int] {
        splits.indices.filter { splits[$0] == split }
    }

    /// The bytes of one picture.
    public func image(_ index: Int) -> ArraySlice<UInt8> {
        let place = index * imageBytes..<(index + 1) * imageBytes
        return packed.map { Array(UnsafeBufferPointer(rebasing: $0.bytes[place]))[...] } ?? bytes[place]
    }

    /// Divides the given places into two, each class in the same shares (rounded), chosen by the seed: the second part
    /// holds about `fraction` of them, which counts as 0 below 0 and as 1 above 1.
    public func stratifiedSplit(_ indices: [Int], fraction: Double, seed: UInt64) -> (rest: [Int], part: [Int]) {
        let fraction = min(1, max(0, fraction))
        var part: Set<Int> = []
        for label in classNames.indices {
            var own = indices.filter { labels[$0] == UInt8(label) }
            var random = RandomGenerator(seed: seed, streams: UInt64(label))
            for i in stride(from: own.count - 1, to: 0, by: -1) { own.swapAt(i, random.integer(below: i + 1)) }
            part.formUnion(own.prefix(Int((Double(own.count) * fraction).rounded())))
        }
        return (indices.filter { !part.contains($0) }, indices.filter { part.contains($0) })
    }

    /// The pictures at these places, in this order.
    public func selecting(_ indices: [Int]) -> FaceDataset {
        var result = FaceDataset(size: size, classNames: classNames)
        result.reserve(indices.count)
        withUnsafePixels { bytes in
            for index in indices {
                let image = UnsafeBufferPointer(rebasing: bytes[index * imageBytes..<(index + 1) * imageBytes])
                result.add(image, label: Int(labels[index]), split: splits[index], name: names[index])
            }
        }
        result.votes = votes?.selecting(indices)
        return result
    }

    /// The pictures of these classes, in the classes' order here. Throws `DatasetError.empty` for a class without pictures.
    public func keeping(_ names: [String], path: String) throws -> FaceDataset {
        var map = [Int?](repeating: nil, count: classNames.count)
        for (place, name) in names.enumerated() {
            guard let label = classNames.firstIndex(of: name), labels.contains(UInt8(label)) else {
                let there = classNames.indices.filter { labels.contains(UInt8($0)) }.map { classNames[$0] }
                throw DatasetError.empty(
                    path: path, reason: "no pictures of '\(name)', only of \(there.joined(separator: ", "))")
            }
            map[label] = place
        }
        let kept = selecting(indices.filter { map[Int(labels[$0])] != nil })
        return kept.relabelled(names, map: map)
    }

    /// The same pictures, training before the others, by the names of their files whatever folder they are in.
    public var sortedByFileName: FaceDataset {
        let files = names.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        return selecting(
            indices.sorted {
                let a = splits[$0] != .training, b = splits[$1] != .training
                return a == b ? (files[$0], $0) < (files[$1], $1) : b
            })
    }

    private var indices: Range<Int> { 0..<count }

    /// A number that all but certainly differs when pictures, labels or splits do, or their order.
    public var fingerprint: String {
        if votes == nil, let packed { return packed.fingerprint }
        var fingerprint = Fingerprint()
        fingerprint.add(UInt64(size))
        withUnsafePixels { fingerprint.add(UnsafeRawBufferPointer($0)) }
        for (label, split) in zip(labels, splits) {
            fingerprint.add(UInt64(label) << 8 | UInt64(Split.allCases.firstIndex(of: split)!))
        }
        votes?.shares.withUnsafeBytes { fingerprint.add($0) }
        if votes?.targets == .drawn { fingerprint.add(1) }
        return fingerprint.text
    }

    /// The fingerprint of what a training run may see: all but PrivateTest.
    public var trainingFingerprint: String {
        if !splits.contains(.privateTest) { return fingerprint }
        if votes == nil, let packed { return packed.trainingFingerprint }
        return selecting(indices.filter { splits[$0] != .privateTest }).fingerprint
    }
}
