import CArchive
import Files
import Glibc

/// The files in a zip or tar archive, or the one in a compressed file, read from the beginning to the end. Nothing is
/// written anywhere: their names are only names.
final class PackedFiles {
    /// One file; `read` gives its bytes until the next is asked for.
    struct Entry {
        var path: String
        fileprivate let owner: PackedFiles

        /// Fills the front of a buffer and says how many bytes it put there; 0 at the end. Throws `DatasetError`.
        func read(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int { try owner.read(buffer) }

        /// The whole file. Throws `DatasetError.badImage` if it is larger than `limit`.
        func bytes(limit: Int) throws -> [UInt8] {
            var result: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let got = try piece.withUnsafeMutableBytes { try read($0) }
                if got == 0 { return result }
                guard result.count + got <= limit else {
                    throw DatasetError.badImage(path: path, reason: "larger than \(limit) bytes")
                }
                result += piece[..<got]
            }
        }
    }

    /// Limits that no data set comes near, so that small files cannot become endless.
    static let maximumEntries = 2_000_000
    static let maximumBytes = 1 << 36
    /// Unpacked bytes for each packed one, beyond the first 256 MB.
    static let maximumRatio = 200
    private static let freeBytes = 256 << 20

    private let library: UnsafePointer<fermusic_archive>
    private let path: String
    private let descriptor: Int32
    private let archive: OpaquePointer
    /// What is passed over in a compressed stream is unpacked all the same, and must count.
    private let isStream: Bool
    private var entries = 0
    private var unpacked = 0
    /// Of the packed file, for progress.
    let size: Int

    /// Whether a file begins as something that is read here, whatever its name.
    static func isPacked(_ path: String) -> Bool {
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        var head = [UInt8](repeating: 0, count: 512)
        let got = pread(descriptor, &head, head.count, 0)
        guard got > 4 else { return false }
        let magics: [[UInt8]] = [
            [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x1F, 0x8B], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A],
            [0x28, 0xB5, 0x2F, 0xFD],
        ]
        return magics.contains { head.starts(with: $0) } || head[257..<262].elementsEqual("ustar".utf8)
    }

    private struct Library: @unchecked Sendable {  // filled before anybody sees it, never changed or freed
        var table: UnsafePointer<fermusic_archive>?
        var message: String

        static let shared: Library = {
            var message = [CChar](repeating: 0, count: 256)
            let table = fermusic_archive_load(&message, message.count)
            return Library(
                table: table,
                message: String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }()
    }

    /// Throws `DatasetError.cannotRead`.
    init(_ path: String) throws {
        func failure(_ reason: String) -> DatasetError { .cannotRead(path: path, reason: reason) }
        guard let library = Library.shared.table else {
            throw failure("packed files need libarchive (\(Library.shared.message)); or unpack it")
        }
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
        var status = stat()
        fstat(descriptor, &status)
        guard let archive = library.pointee.archive_read_new() else {
            close(descriptor)
            throw failure("out of memory")
        }
        self.library = library
        self.path = path
        self.descriptor = descriptor
        self.archive = archive
        size = Int(status.st_size)
        var head = [UInt8](repeating: 0, count: 2)
        isStream = pread(descriptor, &head, 2, 0) != 2 || head != [0x50, 0x4B]
        for support in [
            library.pointee.archive_read_support_format_zip, library.pointee.archive_read_support_format_tar,
            library.pointee.archive_read_support_format_raw, library.pointee.archive_read_support_filter_gzip,
            library.pointee.archive_read_support_filter_bzip2, library.pointee.archive_read_support_filter_xz,
            library.pointee.archive_read_support_filter_zstd,
        ] {
            // Formats that need another program, where a library was left out, are refused when such a file comes.
            _ = support(archive)
        }
        guard library.pointee.archive_read_open_fd(archive, descriptor, 1 << 16) == ARCHIVE_OK else {
            throw failure(reason)
        }
    }

    deinit {
        _ = library.pointee.archive_read_free(archive)
        close(descriptor)
    }

    private var reason: String {
        library.pointee.archive_error_string(archive).map { String(cString: $0) } ?? "damaged"
    }

    private func failure(_ reason: String) -> DatasetError { .cannotRead(path: path, reason: reason) }

    /// The share of the packed file that was read.
    var progress: Double { Double(library.pointee.archive_filter_bytes(archive, -1)) / Double(max(size, 1)) }

    /// The next file; nil at the end. Folders and links are passed over. Throws `DatasetError.cannotRead`.
    func next() throws -> Entry? {
        while true {
            if isStream, entries > 0 { try passOver() }
            var entry: OpaquePointer?
            let status = library.pointee.archive_read_next_header(archive, &entry)
            if status == ARCHIVE_EOF { return nil }
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else { throw failure(reason) }
            entries += 1
            guard entries <= PackedFiles.maximumEntries else {
                throw failure("more than \(PackedFiles.maximumEntries) files in it")
            }
            guard Int(library.pointee.archive_entry_filetype(entry)) == Int(fermusic_archive_file) else { continue }
            guard
                let name = library.pointee.archive_entry_pathname_utf8(entry)
                    ?? library.pointee.archive_entry_pathname(entry)
            else { continue }
            return Entry(path: String(cString: name), owner: self)
        }
    }

    private func passOver() throws {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            while try read(buffer) > 0 {}
        }
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let got = library.pointee.archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard got >= 0 else { throw failure(reason) }
        unpacked += got
        let allowed = min(PackedFiles.maximumBytes, PackedFiles.freeBytes + size * PackedFiles.maximumRatio)
        guard unpacked <= allowed else { throw failure("unpacks to more than \(allowed >> 20) MB") }
        return got
    }
}
