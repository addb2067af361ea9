extension Collection where Element: Comparable, Index == Int {
    /// The place of the largest value, the first of several; 0 if there are none.
    package var indexOfLargest: Int { indices.reduce(0) { self[$1] > self[$0] ? $1 : $0 } }
}
