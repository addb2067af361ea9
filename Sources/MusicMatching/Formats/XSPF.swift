/// The parts of an XSPF playlist, version 1 (XML).
enum XSPF {
    static func head(_ name: String) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n"
            + "  <title>" + escaped(name) + "</title>\n  <trackList>\n"
    }

    static let tail = "  </trackList>\n</playlist>\n"

    /// - Parameters:
    ///   - address: where its file is, if it has one.
    ///   - duration: milliseconds.
    static func track(_ song: Song, address: String?, duration: Int?) -> String {
        var text = "    <track>\n"
        if let address { text += "      <location>" + address + "</location>\n" }
        text += "      <title>" + escaped(song.title) + "</title>\n"
        text += "      <creator>" + escaped(song.artist) + "</creator>\n"
        if !song.album.isEmpty { text += "      <album>" + escaped(song.album) + "</album>\n" }
        if let duration { text += "      <duration>" + String(duration) + "</duration>\n" }
        return text + "    </track>\n"
    }

    private static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            // XML knows no other control characters.
            case "\u{0}"..<"\u{20}": if scalar == "\n" || scalar == "\t" { result.append(" ") }
            case "\u{FFFE}", "\u{FFFF}": break
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
