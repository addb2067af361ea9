/// Reads start tags, end tags, comments and processing instructions; see `XMLTree`.
struct XMLReader {
    let text: [UInt8]
    private var at = 0
    private var open: [Int] = []
    private var lastChild: [Int32] = []

    init(text: [UInt8]) { self.text = text }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

    mutating func read(into nodes: inout [XMLTree.Node]) throws {
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
        while true {
            try skipText()
            guard at < text.count else { break }
            if starts(with: "<!--") {
                try skipPast("-->", "a comment does not end")
            } else if starts(with: "<?") {
                try skipPast("?>", "a processing instruction does not end")
            } else if starts(with: "<!") {
                throw failure("document types and CDATA sections are not supported")
            } else if starts(with: "</") {
                try closeElement(&nodes)
            } else {
                try openElement(&nodes)
            }
        }
        if let last = open.last {
            let name = String(decoding: text[nodes[last].name], as: UTF8.self)
            throw failure("the file ends inside <\(name)>; it may have been cut short")
        }
        guard !nodes.isEmpty else { throw failure("no XML element") }
    }

    private mutating func skipText() throws {
        while at < text.count && text[at] != UInt8(ascii: "<") {
            if open.isEmpty && !XMLReader.isSpace(text[at]) { throw failure("text outside of any element") }
            if text[at] == 0 { throw failure("a zero byte") }
            at += 1
        }
    }

    private mutating func openElement(_ nodes: inout [XMLTree.Node]) throws {
        at += 1
        let name = try readName()
        guard nodes.count < XMLTree.maximumNodes else { throw failure("more than \(XMLTree.maximumNodes) elements") }
        guard open.count < XMLTree.maximumDepth else {
            throw failure("elements are nested deeper than \(XMLTree.maximumDepth)")
        }
        if open.isEmpty && !nodes.isEmpty { throw failure("a second outermost element") }
        var node = XMLTree.Node(name: name, content: at..<at, typeID: at..<at)
        let isEmpty = try readAttributes(&node)
        node.content = at..<at
        let index = nodes.count
        nodes.append(node)
        if let parent = open.last {
            if let previous = lastChild.last, previous >= 0 {
                nodes[Int(previous)].nextSibling = Int32(index)
            } else {
                nodes[parent].firstChild = Int32(index)
            }
            lastChild[lastChild.count - 1] = Int32(index)
        }
        if !isEmpty {
            open.append(index)
            lastChild.append(-1)
        }
    }

    /// What is behind the name, to the end of the tag. Returns true for `/>`.
    private mutating func readAttributes(_ node: inout XMLTree.Node) throws -> Bool {
        while true {
            skipSpace()
            if starts(with: "/>") {
                at += 2
                return true
            }
            if starts(with: ">") {
                at += 1
                return false
            }
            let name = try readName()
            skipSpace()
            guard starts(with: "=") else { throw failure("an attribute has no value") }
            at += 1
            skipSpace()
            guard at < text.count, text[at] == UInt8(ascii: "\"") || text[at] == UInt8(ascii: "'") else {
                throw failure("an attribute's value is not in quotes")
            }
            let quote = text[at]
            at += 1
            let start = at
            while at < text.count && text[at] != quote {
                if text[at] == UInt8(ascii: "<") { throw failure("'<' in an attribute") }
                at += 1
            }
            guard at < text.count else { throw failure("an attribute's value does not end") }
            if text[name].elementsEqual("type_id".utf8) { node.typeID = start..<at }
            at += 1
        }
    }

    private mutating func closeElement(_ nodes: inout [XMLTree.Node]) throws {
        let end = at
        at += 2
        guard let index = open.popLast() else { throw failure("an end tag without a start tag") }
        lastChild.removeLast()
        let name = try readName()
        guard text[name].elementsEqual(text[nodes[index].name]) else {
            let expected = String(decoding: text[nodes[index].name], as: UTF8.self)
            throw failure("</\(String(decoding: text[name], as: UTF8.self))> ends <\(expected)>")
        }
        skipSpace()
        guard starts(with: ">") else { throw failure("an end tag does not end") }
        at += 1
        nodes[index].content = nodes[index].content.lowerBound..<end
    }

    private mutating func readName() throws -> Range<Int> {
        let start = at
        while at < text.count, isNameByte(text[at]) { at += 1 }
        guard at > start else { throw failure(at < text.count ? "not a tag" : "the file ends inside a tag") }
        guard at - start <= XMLTree.maximumNameLength else {
            throw failure("a name longer than \(XMLTree.maximumNameLength) bytes")
        }
        return start..<at
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): return true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): return true
        default: return false
        }
    }

    private mutating func skipSpace() {
        while at < text.count && XMLReader.isSpace(text[at]) { at += 1 }
    }

    private func starts(with prefix: StaticString) -> Bool {
        let count = prefix.utf8CodeUnitCount
        guard text.count - at >= count else { return false }
        return prefix.withUTF8Buffer { bytes in
            for i in 0..<count where text[at + i] != bytes[i] { return false }
            return true
        }
    }

    private mutating func skipPast(_ end: StaticString, _ reason: String) throws {
        let start = at
        while at < text.count {
            if starts(with: end) {
                at += end.utf8CodeUnitCount
                return
            }
            at += 1
        }
        at = start
        throw failure(reason)
    }

    private func failure(_ reason: String) -> TextFailure {
        let line = text.prefix(at).reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        return TextFailure(line: line, reason: reason)
    }
}
