extension NetworkPlan {
    private static let magic: [UInt8] = Array("FMPLAN\r\n".utf8)
    /// The newest; 1 where no weights are packed.
    private static let version: UInt32 = 2
    /// Magic, version, checksum of all that follows.
    private static let headerSize = 16

    /// Whether a file that begins so is a plan.
    public static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

    /// The plan as a file's content: what it is, its steps, its weights, with a checksum.
    public func bytes(weights: PlanWeights = .float32) -> [UInt8] {
        var body = PlanWriter()
        writeShapes(inputShapes, to: &body)
        writeShapes(outputShapes, to: &body)
        body.write(labels.count)
        for label in labels { body.write(label) }
        body.write(temperature)
        body.write(notes.count)
        for note in notes {
            body.write(note.name)
            body.write(note.numbers.count)
            for number in note.numbers { body.write(number) }
        }
        body.write(buffers)
        body.write(outputs)
        body.write(steps.count)
        var columns = [Int](repeating: 0, count: tensors.count), taps = columns
        for step in steps {
            step.operation.write(to: &body)
            body.write(step.inputs)
            body.write(step.output)
            body.write(step.parameters)
            if let first = step.parameters.first {
                columns[first] = step.operation.parameterColumns
                taps[first] = step.operation.parameterTaps
            }
        }
        body.write(tensors.count)
        let largest = tensors.indices.reduce(0) { size, index in
            let count = tensors[index].count
            return PlanTensor.isCompressed(count: count, columns: columns[index]) ? max(size, count) : size
        }
        for (index, tensor) in tensors.enumerated() {
            PlanTensor.write(
                tensor, columns: columns[index], taps: taps[index], largest: largest, as: weights, to: &body)
        }
        var file = PlanWriter()
        file.append(Self.magic)
        file.write(weights.isPacked ? Self.version : 1)
        file.write(planChecksum(body.bytes))
        file.append(body.bytes)
        return file.bytes
    }

    private func writeShapes(_ shapes: [Shape], to writer: inout PlanWriter) {
        writer.write(shapes.count)
        for shape in shapes { writer.write(shape) }
    }

    /// Reads what `bytes(weights:)` wrote. What it returns reads and writes only its own memory, whatever the bytes are:
    /// that of buffers with at most `Shape.largestCount` numbers in all, as many for a padded image, and 64 times the
    /// weights. Throws `PlanError`.
    public init(_ bytes: UnsafeRawBufferPointer) throws(PlanError) {
        guard bytes.count >= Self.headerSize, bytes.prefix(8).elementsEqual(Self.magic) else {
            throw .invalid("it does not begin as a plan does")
        }
        var header = PlanReader(UnsafeRawBufferPointer(rebasing: bytes[8..<Self.headerSize]))
        let version = try header.word(), checksum = try header.word()
        guard version <= Self.version else { throw .newerVersion(Int(version)) }
        let body = UnsafeRawBufferPointer(rebasing: bytes[Self.headerSize...])
        guard planChecksum(body) == checksum else { throw .invalid("it was cut off or changed") }
        var reader = PlanReader(body)
        inputShapes = try Self.readShapes(&reader)
        outputShapes = try Self.readShapes(&reader)
        for _ in 0..<(try reader.count()) { labels.append(try reader.text()) }
        temperature = try reader.float()
        for _ in 0..<(try reader.count()) {
            let name = try reader.text()
            var numbers: [Float] = []
            for _ in 0..<(try reader.count(ofSize: 4)) { numbers.append(try reader.float()) }
            notes.append(Note(name, numbers))
        }
        buffers = try reader.numbers()
        outputs = try reader.numbers()
        steps = []
        for _ in 0..<(try reader.count()) {
            let operation = try PlanOperation(from: &reader)
            let inputs = try reader.numbers(), output = try reader.number()
            steps.append(Step(operation: operation, inputs: inputs, output: output, parameters: try reader.numbers()))
        }
        tensors = []
        for _ in 0..<(try reader.count()) { tensors.append(try PlanTensor.read(&reader)) }
        guard reader.rest == 0 else { throw .invalid("something follows its end") }
        try check()
    }

    /// The same of an array.
    public init(_ bytes: [UInt8]) throws(PlanError) {
        let result = bytes.withUnsafeBytes { raw -> Result<NetworkPlan, PlanError> in
            do throws(PlanError) { return .success(try NetworkPlan(raw)) } catch { return .failure(error) }
        }
        self = try result.get()
    }

    private static func readShapes(_ reader: inout PlanReader) throws(PlanError) -> [Shape] {
        var shapes: [Shape] = []
        for _ in 0..<(try reader.count()) { shapes.append(try reader.numbers()) }
        return shapes
    }
}
