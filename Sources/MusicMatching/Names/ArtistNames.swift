/// Artists of the built-in list in their own script: who types 周杰倫 means Jay Chou.
///
/// The list has artists in Latin letters; a name here stands beside the one there. Chinese names are written both ways
/// where the long and the short differ.
package enum ArtistNames {
    /// A name as the built-in list has it, and as the artist's audience writes it.
    package typealias Entry = (latin: String, own: [String])

    /// The name in Latin letters; `nil` if none is known.
    static func latin(_ name: String) -> String? { names[ArtistKey.key(name)] }

    package static let all: [Entry] = [chinese, japanese, korean, russian, arabic, indian].flatMap { $0 }

    private static let names: [String: String] = {
        var names: [String: String] = [:]
        for (latin, own) in all {
            for name in own { names[ArtistKey.key(name)] = latin }
        }
        return names
    }()
}
