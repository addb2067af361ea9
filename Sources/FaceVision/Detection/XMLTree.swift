/// What is wrong in a text, and in which line.
struct TextFailure: Error, Equatable {
    var line: Int
    var reason: String
}

/// The elements of an XML text as OpenCV writes them: elements, attributes, text and comments. Document types, and so
/// entities of one's own, are refused. Attributes are checked for form, and skipped but for `type_id`.
///
/// Elements are kept in flat arrays that point into the text: memory is bounded by `maximumNodes`, whatever the text
/// says.
struct XMLTree {
    struct Node {
        var name: Range<Int>
        /// From behind the start tag to the end tag.
        var content: Range<Int>
        var typeID: Range<Int>
        var firstChild: Int32 = -1
        var nextSibling: Int32 = -1
    }

    static let maximumNodes = 500_000
    static let maximumDepth = 32
    static let maximumNameLength = 64
    static let maximumWords = 1_000

    let text: [UInt8]
    private(set) var nodes: [Node] = []

    /// Throws `TextFailure`.
    init(_ text: [UInt8]) throws {
        self.text = text
        var reader = XMLReader(text: text)
        try reader.read(into: &nodes)
    }

    func line(of position: Int) -> Int {
        text.prefix(position).reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    }

    func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

    func name(_ node: Int) -> String { string(nodes[node].name) }

    func isNamed(_ node: Int, _ name: StaticString) -> Bool {
        let range = nodes[node].name
        guard range.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { expected in
            for i in 0..<expected.count where text[range.lowerBound + i] != expected[i] { return false }
            return true
        }
    }

    func children(_ node: Int) -> XMLChildren { XMLChildren(tree: self, following: nodes[node].firstChild) }

    /// The first child of that name.
    func child(_ node: Int, _ name: StaticString) -> Int? { children(node).first { isNamed($0, name) } }

    /// The words of an element that holds text only: split at white space, comments left out.
    func words(_ node: Int) throws -> [Range<Int>] {
        guard nodes[node].firstChild < 0 else {
            throw failure(node, "<\(name(node))> holds elements where text was expected")
        }
        var words: [Range<Int>] = []
        var at = nodes[node].content.lowerBound
        let end = nodes[node].content.upperBound
        while at < end {
            if text[at] == UInt8(ascii: "<") {  // only comments are left
                while at < end && text[at] != UInt8(ascii: ">") { at += 1 }
                at += 1
                continue
            }
            if XMLReader.isSpace(text[at]) {
                at += 1
                continue
            }
            let start = at
            while at < end && !XMLReader.isSpace(text[at]) && text[at] != UInt8(ascii: "<") { at += 1 }
            guard words.count < XMLTree.maximumWords else {
                throw failure(node, "<\(name(node))> holds more than \(XMLTree.maximumWords) words")
            }
            words.append(start..<at)
        }
        return words
    }

    func failure(_ node: Int, _ reason: String) -> TextFailure {
        TextFailure(line: line(of: nodes[node].name.lowerBound), reason: reason)
    }
}

struct XMLChildren: Sequence, IteratorProtocol {
    let tree: XMLTree
    var following: Int32

    mutating func next() -> Int? {
        guard following >= 0 else { return nil }
        defer { following = tree.nodes[Int(following)].nextSibling }
        return Int(following)
    }
}
