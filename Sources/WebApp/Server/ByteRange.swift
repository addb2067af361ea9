/// What part of a file a request wants (RFC 9110, section 14): players ask for pieces, so that they can jump.
enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)
    /// Nothing of what is asked for is there.
    case outside

    /// - Parameters:
    ///   - header: the value of `Range`, if there is one. What is not understood, and several parts at once, count as a
    ///     wish for the whole, as they may.
    ///   - count: bytes of the file.
    init(_ header: String?, count: Int) {
        self = .whole
        // Names of units know no case (RFC 9110, section 14.1).
        guard let header, header.prefix(6).lowercased() == "bytes=", !header.contains(",") else { return }
        let ends = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } && $0.utf8.count <= 18 })
        else { return }
        switch (Int(ends[0]), Int(ends[1])) {
        case (let first?, let last?):
            guard first <= last else { return }
            self = first < count ? .part(first..<min(last + 1, count)) : .outside
        case (let first?, nil): self = first < count ? .part(first..<count) : .outside
        case (nil, let length?): self = length > 0 && count > 0 ? .part(max(0, count - length)..<count) : .outside
        case (nil, nil): return
        }
    }
}
