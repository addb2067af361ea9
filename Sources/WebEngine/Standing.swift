// What stands here for larger things that the sources know by these names.
import Glibc

/// Networks are plans here.
public typealias Model = NetworkPlan
public typealias Executor = PlanEngine

extension NetworkPlan {
    /// The same network for pictures of another size.
    func sharingWeights(inputShapes: [Shape]) throws(PlanError) -> NetworkPlan {
        guard inputShapes.count == 1, inputShapes[0].count == 3,
            let plan = resized(height: inputShapes[0][0], width: inputShapes[0][1])
        else { throw .invalid("the network is for pictures of one size") }
        return plan
    }
}

extension PlanEngine {
    convenience init(
        _ plan: NetworkPlan, maximumBatch: Int, threads: ThreadPool, precision: Precision = .float
    ) throws(PlanError) {
        guard maximumBatch == 1 else { throw .invalid("an engine takes one picture at a time") }
        self.init(plan)
    }
    func forward(count: Int) { run() }
}

/// What the one detector there is may throw.
public typealias DetectionFailure = PlanError
public typealias AnyFaceDetector = YuNetDetector

/// The detector's network.
public struct YuNetWeights: Sendable {
    static let standardName = "yunet"
    let network: NetworkPlan
}

/// A picture that the page gave.
public struct Frame {
    var image: Image
    var time: Double
    var duration: Double?
    var index = 0
    var source = ""
    var isPicture: Bool
    /// When it came, by `monotonicSeconds`.
    var arrival: Double

    struct Age { let seconds: Double }
    var age: Age { Age(seconds: monotonicSeconds() - arrival) }
}

/// The page's clock, in milliseconds.
@_extern(wasm, module: "fermusic", name: "now")
func pageClock() -> Double

func monotonicSeconds() -> Double { pageClock() / 1000 }

func exp(_ x: Float) -> Float { expf(x) }
func log(_ x: Float) -> Float { logf(x) }
