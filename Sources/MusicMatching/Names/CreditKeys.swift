/// Names of artists made comparable, remembered for as long as songs are added: in a list many have the same.
struct CreditKeys {
    /// Of one credit.
    struct Keys {
        /// The first artist: `NameKey.artist`.
        var artist: String
        /// `ArtistKey.first`.
        var first: String
        /// The credit as one name: `ArtistKey.key`.
        var whole: String
        /// `ArtistKey.keys`.
        var all: [String]

        init(_ credit: String) {
            artist = NameKey.artist(credit)
            first = ArtistKey.key(artist)
            whole = ArtistKey.key(credit)
            all = ArtistKey.keys(of: credit)
        }
    }

    private var known: [String: (credit: String, keys: Keys)] = [:]
    /// Some 15 MB; longer credits are not remembered.
    private static let most = 50_000, longest = 200

    mutating func keys(of credit: String) -> Keys {
        // Texts that only count as equal, letters with accents in one piece or in two, may have keys of their own.
        if let (text, keys) = known[credit], text.utf8.elementsEqual(credit.utf8) { return keys }
        let keys = Keys(credit)
        if credit.utf8.count <= CreditKeys.longest {
            // Cheaper than finding out who is not needed any more.
            if known.count >= CreditKeys.most { known.removeAll(keepingCapacity: true) }
            known[credit] = (credit, keys)
        }
        return keys
    }
}
