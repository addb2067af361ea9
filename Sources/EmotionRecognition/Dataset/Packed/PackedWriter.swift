import Files
import Glibc
import JSON
import JSONCoding

/// Writes a packed data set picture by picture: what it needs in memory are six bytes for each.
struct PackedWriter: ~Copyable {
    private let output: FileOutput
    private let size: Int
    private let classNames: [String]
    private var labels: [UInt8] = []
    private var splits: [FaceDataset.Split] = []
    private var sums: [UInt8] = []
    private var buffer: [UInt8] = []
    private var all: PictureFingerprint
    private var training: PictureFingerprint
    private static let flush = 1 << 20

    /// Writes a whole file or none. Throws `DatasetError.cannotWrite`, and what `body` throws.
    static func write(
        _ path: String, size: Int, classNames: [String], _ body: (inout PackedWriter) throws -> Void
    ) throws {
        do {
            try AtomicFile.replace(path) { output in
                var writer = PackedWriter(output, size: size, classNames: classNames)
                try body(&writer)
                try writer.finish()
            }
        } catch let failure as FileFailure {
            throw DatasetError.cannotWrite(path: path, reason: failure.reason)
        }
    }

    private init(_ output: FileOutput, size: Int, classNames: [String]) {
        self.output = output
        self.size = size
        self.classNames = classNames
        all = PictureFingerprint(size: size)
        training = all
        buffer.reserveCapacity(PackedWriter.flush + size * size)
        buffer = Array(PackedDataset.magic.utf8)
        buffer += [UInt8](repeating: 0, count: PackedDataset.pictures - buffer.count)
    }

    /// Adds a picture of `size * size` bytes.
    mutating func append(_ image: UnsafeBufferPointer<UInt8>, label: UInt8, split: FaceDataset.Split) throws {
        let bytes = UnsafeRawBufferPointer(image)
        buffer.append(contentsOf: image)
        labels.append(label)
        splits.append(split)
        PackedWriter.add(UInt64(PackedPixels.sum(bytes)), 4, to: &sums)
        all.add(bytes)
        if split != .privateTest { training.add(bytes) }
        if buffer.count >= PackedWriter.flush { try flush() }
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes { try output.write($0) }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func add(_ number: UInt64, _ bytes: Int, to target: inout [UInt8]) {
        for byte in 0..<bytes { target.append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(byte)))) }
    }

    private mutating func finish() throws {
        let start = PackedDataset.pictures + labels.count * size * size
        let about = PackedDataset.Description(
            size: size, count: labels.count, classes: classNames, fingerprint: all.text(labels, splits),
            trainingFingerprint: training.text(labels, splits, without: .privateTest))
        let text = Array(try JSONValue.encode(about).utf8)
        var table: [UInt8] = []
        PackedWriter.add(UInt64(text.count), 8, to: &table)
        table += text
        table += labels
        table += splits.map { UInt8(FaceDataset.Split.allCases.firstIndex(of: $0)!) }
        table += sums
        var check = Fingerprint()
        table.withUnsafeBytes { check.add($0) }
        buffer += table
        for number in [UInt64(start), UInt64(table.count), check.value, 1] { PackedWriter.add(number, 8, to: &buffer) }
        buffer += Array(PackedDataset.magic.utf8)
        try flush()
    }
}

/// `FaceDataset.fingerprint` of pictures that come one by one.
struct PictureFingerprint {
    private var fingerprint = Fingerprint()
    /// Fingerprints take eight bytes at a time: what is left of the pictures so far.
    private var rest: [UInt8] = []

    init(size: Int) { fingerprint.add(UInt64(size)) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        if rest.isEmpty, bytes.count % 8 == 0 { return fingerprint.add(bytes) }
        rest.append(contentsOf: bytes)
        let whole = rest.count / 8 * 8
        rest.withUnsafeBytes { fingerprint.add(UnsafeRawBufferPointer(rebasing: $0[..<whole])) }
        rest.removeFirst(whole)
    }

    /// With the labels and splits of all pictures, or of those that are not `left out`.
    func text(_ labels: [UInt8], _ splits: [FaceDataset.Split], without leftOut: FaceDataset.Split? = nil) -> String {
        var result = fingerprint
        rest.withUnsafeBytes { result.add($0) }
        for (label, split) in zip(labels, splits) where split != leftOut {
            result.add(UInt64(label) << 8 | UInt64(FaceDataset.Split.allCases.firstIndex(of: split)!))
        }
        return result.text
    }
}
