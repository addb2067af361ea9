/// OpenCV goes on two windows where the first stage rejects one: in a run of rejected windows every second one is
/// passed over, and so is the window behind a run of odd length.
package enum SkippedWindows {
    /// `passed` without those that are passed over; `carry` tells whether the first window is, and then whether the
    /// first one of the next 64 is.
    package static func remove(from passed: UInt64, rejected: UInt64, carry: inout Bool) -> UInt64 {
        var kept = passed
        var rest = passed
        while rest != 0 {
            let index = rest.trailingZeroBitCount
            rest &= rest - 1
            let run = index == 0 ? 0 : (~(rejected << UInt64(64 - index))).leadingZeroBitCount
            if isOdd(run, reachesStart: run == index, carry) { kept &= ~(1 << UInt64(index)) }
        }
        let run = (~rejected).leadingZeroBitCount
        carry = isOdd(run, reachesStart: run == 64, carry)
        return kept
    }

    @inline(__always)
    private static func isOdd(_ run: Int, reachesStart: Bool, _ carry: Bool) -> Bool {
        (run & 1 == 1) != (reachesStart && carry)
    }
}
