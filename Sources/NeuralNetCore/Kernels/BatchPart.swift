/// Which samples of a batch an executor has, when others compute the rest.
public struct BatchPart {
    /// The place of its first sample in the batch.
    public var first = 0
    /// The samples of the whole batch; nil for those at hand.
    public var total: Int?
    /// Those who have the rest, for layers that look at the whole batch; nil for layers that take what is at hand.
    public var peers: (any BatchPeers)?
    /// Whether running statistics are kept here: of those who share one block of weights only one does.
    public var keepsStatistics = true

    /// All of it.
    public static var whole: BatchPart { BatchPart() }

    public init(first: Int = 0, total: Int? = nil, peers: (any BatchPeers)? = nil, keepsStatistics: Bool = true) {
        self.keepsStatistics = keepsStatistics
        self.first = first
        self.total = total
        self.peers = peers
    }
}

/// Those who compute a batch together, each some of its samples, all the same layers in the same order.
public protocol BatchPeers: AnyObject {
    /// How many they are, the caller included.
    var count: Int { get }
    /// What all of them have, one behind the other in the order of their samples; each gives `count` floats. Valid until
    /// the next call. Allocates nothing once it was called with as many.
    func gather(_ values: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float>
}
