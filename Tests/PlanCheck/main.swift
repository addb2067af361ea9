// Runs the plan on standard input with fixed numbers and prints what it computes, as bits: the same source, made for this
// machine and for WebAssembly, must say nearly the same. See Scripts/test-wasm.
import Glibc
import NeuralNetCore

func standardInput() -> [UInt8] {
    var bytes: [UInt8] = []
    var byte = getchar()
    while byte >= 0 {
        bytes.append(UInt8(truncatingIfNeeded: byte))
        byte = getchar()
    }
    return bytes
}

func check() throws(PlanError) {
    let engine = PlanEngine(try NetworkPlan(standardInput()))
    // A linear congruential generator: the same numbers everywhere.
    var state: UInt32 = 7
    for (index, shape) in engine.plan.inputShapes.enumerated() {
        for place in 0..<shape.reduce(1, *) {
            state = state &* 1_664_525 &+ 1_013_904_223
            engine.input(index)[place] = Float(state >> 8) / Float(1 << 24)
        }
    }
    engine.run()
    for (index, shape) in engine.plan.outputShapes.enumerated() {
        for place in 0..<shape.reduce(1, *) { print(engine.output(index)[place].bitPattern) }
    }
}

do throws(PlanError) {
    try check()
} catch {
    print(error.description)
    exit(1)
}
