/// What went wrong at another rank.
public struct RankFailure: Error, CustomStringConvertible {
    /// Where it went wrong.
    public let rank: Int
    /// The error's description.
    public let reason: String

    public var description: String { "rank \(rank): \(reason)" }
}

extension Communicator {
    /// Does what can fail at some ranks and not at others: if it fails anywhere, it throws everywhere. Where it failed that is
    /// the error itself, elsewhere a `RankFailure` about the first such rank.
    public func together<Result>(
        text: (any Error) -> String = { "\($0)" }, _ body: () throws -> Result
    ) throws -> Result {
        if isAlone { return try body() }
        let result = Swift.Result { try body() }
        var mine = ""
        // Not empty, whatever the error says.
        if case .failure(let error) = result { mine = "!" + text(error) }
        let failures = gather(mine)
        guard let rank = failures.firstIndex(where: { !$0.isEmpty }) else { return try result.get() }
        if case .failure(let error) = result { throw error }
        throw RankFailure(rank: rank, reason: String(failures[rank].dropFirst()))
    }

    /// Throws `RankFailure`, everywhere, if a rank has another value of anything than rank 0. `values`: what each is called,
    /// "another ..." in the message, and what it is here.
    public func requireEqual(_ values: [(name: String, value: String)]) throws {
        let all = values.map { gather($0.value) }
        for (item, texts) in zip(values, all) {
            if let rank = texts.firstIndex(where: { $0 != texts[0] }) {
                throw RankFailure(
                    rank: rank, reason: "it has another \(item.name) than rank 0: \(texts[rank]), not \(texts[0])")
            }
        }
    }
}
