import CBrotli

/// Packs files as Brotli (RFC 7932), where libbrotli is installed: it is loaded with the first file.
public enum Brotli {
    /// How hard it is tried: for what is packed while somebody waits, packed once, or packed for all time.
    enum Effort: Int32 {
        case quick = 5
        case thorough = 9
        case best = 11
    }

    private struct Library: @unchecked Sendable {
        // Safe to share: the table is filled before anybody sees it, and never changed or freed.
        let table: UnsafePointer<fermusic_brotli>
    }

    private static let library: Library? = {
        var message = [CChar](repeating: 0, count: 256)
        return fermusic_brotli_load(&message, message.count).map { Library(table: $0) }
    }()

    public static var isThere: Bool { library != nil }

    /// The bytes packed; `nil` if that would not be smaller, or without the library.
    static func packed(_ bytes: [UInt8], _ effort: Effort) -> [UInt8]? {
        guard bytes.count > Asset.leastPacked, let table = library?.table else { return nil }
        let result = [UInt8](unsafeUninitializedCapacity: bytes.count - 1) { target, count in
            guard let place = target.baseAddress else { return }
            var size = bytes.count - 1
            let isPacked = table.pointee.BrotliEncoderCompress(
                effort.rawValue, Int32(fermusic_brotli_window), Int32(fermusic_brotli_generic), bytes.count, bytes,
                &size, place)
            count = isPacked != 0 ? size : 0
        }
        return result.isEmpty ? nil : result
    }
}
