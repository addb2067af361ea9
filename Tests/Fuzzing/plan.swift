// Compiled by Scripts/fuzz with the module NeuralNet.

import NeuralNet
import NeuralNetCore

/// Any bytes with a right checksum are a plan or an error; a plan runs within its memory.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPlan(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // Without it hardly anything would be read.
    if bytes.count >= 16 {
        let sum = planChecksum(bytes[16...])
        for index in 0..<4 { bytes[12 + index] = UInt8(sum >> UInt32(8 * index) & 255) }
    }
    guard let plan = try? NetworkPlan(bytes), plan.size < 1 << 18 else { return 0 }
    PlanEngine(plan).run()
    return 0
}
