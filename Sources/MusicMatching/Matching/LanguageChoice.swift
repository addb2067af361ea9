/// Which languages songs may be in, and which come first.
struct LanguageChoice {
    /// ISO codes; any language if empty.
    let asked: [String]
    /// These never come; the empty code stands for unknown languages.
    let excluded: Set<String>

    init(asked: [Language], excluded: [Language]) {
        let excludedCodes = Set(excluded.map(\.code))
        self.excluded = excludedCodes
        self.asked = Set(asked.map(\.code)).subtracting(excludedCodes).sorted()
    }

    /// What ranks alike, the best first: languages asked for, unknown ones, all others; or all of them if none were
    /// asked for.
    var tiers: [LanguageTier] {
        if asked.isEmpty { return [.except(excluded)] }
        return [.only(asked), .only([""]), .except(excluded.union(asked).union([""]))]
    }

    /// The place of a language in `tiers`; `nil` if it never comes.
    func tier(of language: String) -> Int? {
        if excluded.contains(language) { return nil }
        return asked.isEmpty || asked.contains(language) ? 0 : language.isEmpty ? 1 : 2
    }
}

/// Languages that rank alike.
enum LanguageTier {
    case only([String])
    case except(Set<String>)

    enum Judgement { case taken, passedOver, end }

    /// Where to begin reading a cell.
    var starts: [CellPlace] {
        switch self {
        case .only(let languages): languages.map { .start(of: $0) }
        case .except(let languages): [languages.contains("") ? .end(of: "") : .start(of: "")]
        }
    }

    /// What becomes of songs in a language that comes behind the one read before.
    func judge(_ language: String) -> Judgement {
        switch self {
        // Each is read by itself.
        case .only: .end
        case .except(let languages): languages.contains(language) ? .passedOver : .taken
        }
    }
}
