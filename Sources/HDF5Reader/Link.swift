/// What a name in a group leads to.
enum Link {
    case object(Int)
    /// Another path in this file.
    case soft(String)
    /// Another file, or whatever a program defines.
    case elsewhere

    /// Reads a link message.
    static func read(_ cursor: ByteCursor) throws -> (name: String, link: Link) {
        var cursor = cursor
        guard try cursor.byte() == 1 else { throw cursor.damaged("has a link of an unknown kind") }
        let flags = try cursor.byte()
        let kind = flags & 8 == 0 ? 0 : try cursor.byte()
        if flags & 4 != 0 { try cursor.skip(8) }
        if flags & 16 != 0 { try cursor.skip(1) }
        let name = String(decoding: try cursor.take(cursor.number(1 << Int(flags & 3))), as: UTF8.self)
        switch kind {
        case 0: return (name, .object(try cursor.requiredAddress()))
        case 1: return (name, .soft(String(decoding: try cursor.take(cursor.number(2)), as: UTF8.self)))
        default: return (name, .elsewhere)
        }
    }
}
