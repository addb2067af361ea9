import CExpat
import Files
import Glibc

/// Goes through an XML file once, with Expat, piece by piece: memory does not grow with the file. Entities of a file's own
/// are refused, as are texts longer than `textLimit`.
final class XMLStream {
    static let textLimit = 1 << 16
    private static let mostLevels = 64

    /// What is called with each element when it begins, and with its text when it ends. `path` is the names of the
    /// elements around it and its own.
    var begins: ([String]) throws -> Void = { _ in }
    var ends: ([String], String) throws -> Void = { _, _ in }

    private let expat: UnsafePointer<fermusic_expat>
    private let parser: XML_Parser
    private var path: [String] = []
    private var texts: [[UInt8]] = []
    private var failure: (any Error)?

    /// Throws `FileFailure` where Expat is not installed.
    init() throws {
        expat = try XMLStream.library.get().table
        guard let parser = expat.pointee.XML_ParserCreate(nil) else { throw FileFailure("out of memory") }
        self.parser = parser
        expat.pointee.XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        expat.pointee.XML_SetElementHandler(
            parser,
            { context, name, _ in XMLStream.of(context)?.begin(name) },
            { context, _ in XMLStream.of(context)?.end() })
        expat.pointee.XML_SetCharacterDataHandler(parser) { XMLStream.of($0)?.text($1, $2) }
        expat.pointee.XML_SetEntityDeclHandler(parser) { context, _, _, _, _, _, _, _, _ in
            XMLStream.of(context)?.stop(FileFailure("defines entities of its own"))
        }
    }

    deinit { expat.pointee.XML_ParserFree(parser) }

    /// Reads a whole document. Throws `FileFailure`, and what `begins` and `ends` throw.
    func read(_ bytes: ArraySlice<UInt8>) throws {
        // Expat counts bytes in 32 bits.
        var rest = bytes
        repeat {
            let piece = rest.prefix(1 << 20)
            rest = rest.dropFirst(piece.count)
            let status = piece.withUnsafeBytes {
                expat.pointee.XML_Parse(
                    parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), rest.isEmpty ? 1 : 0)
            }
            if let failure { throw failure }
            guard status == XML_STATUS_OK else {
                let code = expat.pointee.XML_GetErrorCode(parser)
                let reason = expat.pointee.XML_ErrorString(code).map { String(cString: $0) } ?? "no XML"
                throw FileFailure("line \(expat.pointee.XML_GetCurrentLineNumber(parser)): \(reason)")
            }
        } while !rest.isEmpty
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> XMLStream? {
        context.map { Unmanaged<XMLStream>.fromOpaque($0).takeUnretainedValue() }
    }

    private func begin(_ name: UnsafePointer<CChar>?) {
        guard failure == nil, let name else { return }
        guard path.count < XMLStream.mostLevels else { return stop(FileFailure("nested too deeply")) }
        path.append(String(cString: name))
        texts.append([])
        do { try begins(path) } catch { stop(error) }
    }

    private func end() {
        guard failure == nil, let text = texts.popLast() else { return }
        do { try ends(path, String(decoding: text, as: UTF8.self)) } catch { stop(error) }
        path.removeLast()
    }

    private func text(_ start: UnsafePointer<CChar>?, _ count: Int32) {
        guard failure == nil, let start, !texts.isEmpty else { return }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(count))
        guard texts[texts.count - 1].count + bytes.count <= XMLStream.textLimit else {
            // What is so long (a picture, say) is no name.
            texts[texts.count - 1] = []
            return
        }
        texts[texts.count - 1] += bytes
    }

    private func stop(_ error: any Error) {
        failure = failure ?? error
        _ = expat.pointee.XML_StopParser(parser, 0)
    }

    /// Expat's functions.
    private struct Library: @unchecked Sendable {
        // Safe to share: the table is filled before anybody sees it, and never changed or freed.
        let table: UnsafePointer<fermusic_expat>
    }

    private static let library: Result<Library, FileFailure> = {
        var message = [CChar](repeating: 0, count: 256)
        if let table = fermusic_expat_load(&message, message.count) { return .success(Library(table: table)) }
        let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return .failure(FileFailure("playlists in XML need the Expat library (apt-get install libexpat1): \(reason)"))
    }()
}
