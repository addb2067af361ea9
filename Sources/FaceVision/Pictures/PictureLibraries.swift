import CHEIF
import CTIFF

/// The functions of a library that is loaded with the first picture that needs it.
struct PictureLibrary<Table>: @unchecked Sendable {
    // Safe to share: the table is filled before anybody sees it, and never changed or freed.

    let table: UnsafePointer<Table>

    typealias Loaded = Result<PictureLibrary, PictureDecoder.Failure>

    /// What `load` finds, or a line that says who needs which package.
    static func loading(
        _ formats: String, _ package: String, _ load: (UnsafeMutablePointer<CChar>, Int) -> UnsafePointer<Table>?
    ) -> Loaded {
        var message = [CChar](repeating: 0, count: 256)
        if let table = load(&message, message.count) { return .success(PictureLibrary(table: table)) }
        let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return .failure(.init(reason: "\(formats) need \(package): \(text)"))
    }
}

/// libheif's functions.
enum HEIF {
    private static let loaded = PictureLibrary<fermusic_heif>.loading(
        "HEIC and AVIF", "libheif (apt-get install libheif1)", fermusic_heif_load)

    static func load() throws(PictureDecoder.Failure) -> PictureLibrary<fermusic_heif> { try loaded.get() }
}

/// libtiff's functions.
enum TIFF {
    private static let loaded = PictureLibrary<fermusic_tiff>.loading(
        "TIFF pictures", "libtiff (apt-get install libtiff6, before Debian 12 libtiff5)", fermusic_tiff_load)

    static func load() throws(PictureDecoder.Failure) -> PictureLibrary<fermusic_tiff> { try loaded.get() }
}

extension PictureFormat {
    /// What is missing for pictures that need libraries loaded at run time, a line that names the packages; `nil` if
    /// nothing is.
    package static var missing: String? {
        do {
            _ = try TIFF.load()
            let library = try HEIF.load()
            var packages: [String] = []
            if fermusic_heif_reads_hevc(library.table) == 0 { packages.append("libheif-plugin-libde265") }
            if fermusic_heif_reads_av1(library.table) == 0 { packages.append("libheif-plugin-dav1d") }
            return packages.isEmpty
                ? nil : "HEIC or AVIF lack their codec (apt-get install \(packages.joined(separator: " ")))"
        } catch {
            return error.reason
        }
    }
}
