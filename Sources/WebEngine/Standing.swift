// What stands here for larger things that the engine's sources know by these names.
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
    convenience init(_ plan: NetworkPlan, maximumBatch: Int, threads: ThreadPool) throws(PlanError) { self.init(plan) }
    func forward(count: Int) { run() }
}

/// What the one detector there is may throw.
public typealias DetectionFailure = PlanError

/// The detector's network.
public struct YuNetWeights {
    static let standardName = "yunet"
    let network: NetworkPlan
}

func exp(_ x: Float) -> Float { expf(x) }
func log(_ x: Float) -> Float { logf(x) }
