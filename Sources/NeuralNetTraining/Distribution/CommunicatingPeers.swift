import NeuralNetCore

/// The ranks of a communicator as those who compute a batch together.
final class CommunicatingPeers: BatchPeers {
    private let communicator: any Communicator
    private var all: UnsafeMutableBufferPointer<Float>

    init(_ communicator: any Communicator) {
        self.communicator = communicator
        all = .allocate(capacity: 1024 * communicator.size)
    }

    deinit { all.deallocate() }

    var count: Int { communicator.size }

    func gather(_ values: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
        if all.count < count * communicator.size {
            all.deallocate()
            all = .allocate(capacity: count * communicator.size)
        }
        communicator.gather(
            UnsafeRawBufferPointer(UnsafeBufferPointer(start: values, count: count)),
            into: UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: all[..<(count * communicator.size)])))
        return UnsafePointer(all.baseAddress!)
    }
}
