import Files
import Glibc
import TextCoding

/// Reads the records of a CSV file of any size (RFC 4180): fields in quotes may hold separators, quotes and line
/// breaks. Memory is one piece of the file.
///
/// A record that breaks the rules is given as broken, and reading goes on with the line after the one it began in, so
/// that a stray quote costs one row and not the rest of the file.
final class CSVReader {
    /// One record; its fields are `row` until the next one is read.
    struct Record {
        /// The line it begins in, counted from 1 as an editor does.
        var line: Int
        /// What is wrong with it, if it cannot be used.
        var problem: String?
    }

    /// A record of more bytes than this is broken.
    static let recordLimit = 256 << 10
    private static let tooLong = "longer than \(recordLimit) bytes; is a quote not closed?"

    let path: String
    /// Bytes in the file.
    let size: Int
    /// `,`, `;`, `|` or a tab; 0 if each line is one field.
    var separator = UInt8(ascii: ",")
    /// Of fields that are no UTF-8.
    var encoding = TextEncoding.western {
        didSet { row.encoding = encoding }
    }
    /// Bytes of the records given so far.
    private(set) var bytesRead = 0
    /// The fields of the last record.
    private(set) var row = TableRow()

    private let descriptor: Int32
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    private var line = 1

    /// - Parameter pieceSize: bytes that are read at once.
    ///
    /// Throws `FileFailure`.
    init(_ path: String, pieceSize: Int = 1 << 20) throws {
        self.path = path
        // A pipe without a writer is told, not waited for.
        descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        buffer = []
        var status = stat()
        let isOpen = descriptor >= 0 && fstat(descriptor, &status) == 0
        size = Int(status.st_size)
        // From here on `deinit` closes it.
        guard isOpen else { throw FileFailure.last }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileFailure("is a folder") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure("not a regular file") }
        buffer = Array(repeating: 0, count: pieceSize)
        try fill()
        if end >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { start = 3 }
    }

    /// Reads a table that is in memory already; `name` is for messages.
    init(_ contents: [UInt8], name: String) {
        path = name
        descriptor = -1
        size = contents.count
        buffer = contents
        end = contents.count
        isAtEnd = true
        if end >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { start = 3 }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// What was read of the file and not given yet.
    var ahead: ArraySlice<UInt8> { buffer[start..<end] }

    /// Reads until so many bytes are ahead, or all there are. Throws `FileFailure`.
    func lookAhead(_ count: Int) throws {
        while end - start < count, !isAtEnd { try fill() }
    }

    /// Leaves the line at the beginning out.
    func passLine() { skipLine() }

    /// The next record; `nil` at the end. Empty lines are passed over. Throws `FileFailure`.
    func next() throws -> Record? {
        while true {
            passEmptyLines()
            if start == end {
                if isAtEnd { return nil }
                try fill()
                continue
            }
            var outcome = parse()
            while case .incomplete = outcome {
                // Only at the end of the file is what is there all there is; `parse` then ends the record itself.
                if end - start > CSVReader.recordLimit || isAtEnd { break }
                try fill()
                outcome = parse()
            }
            let first = line
            switch outcome {
            case .record(let next, let lines):
                consume(to: next, lines: lines)
                if row.fields.count == 1, row.fields[0].isEmpty { continue }
                return Record(line: first)
            case .broken(let problem):
                skipLine()
                return Record(line: first, problem: problem)
            case .incomplete:
                skipLine()
                return Record(line: first, problem: CSVReader.tooLong)
            }
        }
    }

    private enum Outcome {
        /// Where the next record begins, and the line breaks passed.
        case record(next: Int, lines: Int)
        case broken(String)
        /// The buffer ends before the record does.
        case incomplete
    }

    /// Takes the record at `start` apart.
    private func parse() -> Outcome {
        row.fields.removeAll(keepingCapacity: true)
        row.bytes.removeAll(keepingCapacity: true)
        var position = start, lines = 0
        while true {
            let fieldStart = row.bytes.count, first = position, firstLines = lines
            // Blanks before a quote are no part of the field.
            var quote = position
            while quote < end, buffer[quote] == 0x20 { quote += 1 }
            if quote == end, !isAtEnd { return .incomplete }
            var isQuoted = separator != 0 && quote < end && buffer[quote] == 0x22
            if isQuoted {
                position = quote + 1
                while true {
                    guard position < end else { return isAtEnd ? .broken("a quote is not closed") : .incomplete }
                    let byte = buffer[position]
                    position += 1
                    if byte == 0x22 {
                        guard position < end, buffer[position] == 0x22 else { break }
                        position += 1
                    } else if byte == 10 || byte == 13 && (position == end || buffer[position] != 10) {
                        lines += 1
                    }
                    row.bytes.append(byte)
                    // Otherwise every row with a stray quote would cost reading what is left of the file.
                    if row.bytes.count > CSVReader.recordLimit { return .broken(CSVReader.tooLong) }
                }
                while position < end, buffer[position] == 0x20 { position += 1 }
                if position == end, !isAtEnd { return .incomplete }
                if position < end, buffer[position] != separator, buffer[position] != 10, buffer[position] != 13 {
                    if quote == first { return .broken("text behind a closing quote") }
                    // ` "Heroes" live` is a text that begins with a blank.
                    isQuoted = false
                    (position, lines) = (first, firstLines)
                    row.bytes.removeSubrange(fieldStart...)
                }
            }
            if !isQuoted {
                while position < end, buffer[position] != separator || separator == 0, buffer[position] != 10,
                    buffer[position] != 13
                {
                    row.bytes.append(buffer[position])
                    position += 1
                }
            }
            row.fields.append(fieldStart..<row.bytes.count)
            guard position < end else { return isAtEnd ? .record(next: position, lines: lines) : .incomplete }
            switch buffer[position] {
            case 10: return .record(next: position + 1, lines: lines + 1)
            case 13:
                if position + 1 == end, !isAtEnd { return .incomplete }
                let isPair = position + 1 < end && buffer[position + 1] == 10
                return .record(next: position + (isPair ? 2 : 1), lines: lines + 1)
            default: position += 1
            }
        }
    }

    private func consume(to next: Int, lines: Int) {
        bytesRead += next - start
        start = next
        line += lines
    }

    /// Passes over line breaks before a record: a file may be full of them.
    private func passEmptyLines() {
        var position = start, lines = 0
        while position < end, buffer[position] == 10 || buffer[position] == 13 {
            if buffer[position] == 13, position + 1 < end || !isAtEnd {
                // Of a pair the second one counts.
                guard position + 1 < end else { break }
                if buffer[position + 1] != 10 { lines += 1 }
            } else {
                lines += 1
            }
            position += 1
        }
        if position > start { consume(to: position, lines: lines) }
    }

    /// Passes over the rest of the line at `start`, which a line feed ends, a carriage return, or both.
    private func skipLine() {
        var position = start
        while true {
            while position < end, buffer[position] != 10, buffer[position] != 13 { position += 1 }
            // Whether a line feed follows shows when more is read.
            if position < end, buffer[position] == 10 || position + 1 < end || isAtEnd {
                let isPair = buffer[position] == 13 && position + 1 < end && buffer[position + 1] == 10
                return consume(to: position + (isPair ? 2 : 1), lines: 1)
            }
            consume(to: position, lines: 0)
            if position == end, isAtEnd { return }
            // A failure to read shows again at the next record.
            if (try? fill()) == nil { return }
            position = start
        }
    }

    /// Reads more behind what is left.
    private func fill() throws {
        if start > 0 {
            buffer.replaceSubrange(0..<end - start, with: buffer[start..<end])
            end -= start
            start = 0
        }
        if end == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
        while true {
            let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + end, $0.count - end) }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw FileFailure.last }
            if got == 0 { isAtEnd = true }
            end += got
            return
        }
    }
}
