/// The formats of pictures that are read, everywhere: one list for commands, folders, the page and its interface.
public enum PictureFormat: String, Sendable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    case webP = "WebP"
    case heic = "HEIC"
    case avif = "AVIF"
    case gif = "GIF"
    case tiff = "TIFF"
    case bmp = "BMP"
    case netpbm = "PPM"
    case jpeg2000 = "JPEG 2000"
    case ico = "ICO"
    case pcx = "PCX"
    case dds = "DDS"
    case psd = "PSD"
    case qoi = "QOI"
    case jpegXL = "JPEG XL"

    /// The format that the first bytes say; names mean nothing. 64 bytes are enough.
    public static func detect(_ bytes: some Collection<UInt8>) -> PictureFormat? {
        let head = Array(bytes.prefix(64))
        func has(_ text: String, at place: Int = 0) -> Bool { head.dropFirst(place).starts(with: text.utf8) }
        func has(_ values: [UInt8], at place: Int = 0) -> Bool { head.dropFirst(place).starts(with: values) }
        if has([0xFF, 0xD8]) { return .jpeg }
        if has([0x89, 0x50, 0x4E, 0x47]) { return .png }
        if has("RIFF"), has("WEBP", at: 8), head.count > 12 { return .webP }
        if has("ftyp", at: 4) { return heif(head) }
        if has("GIF87a") || has("GIF89a") { return .gif }
        // 42, or 43 for BigTIFF.
        if has([0x49, 0x49, 0x2A, 0]) || has([0x49, 0x49, 0x2B, 0]) { return .tiff }
        if has([0x4D, 0x4D, 0, 0x2A]) || has([0x4D, 0x4D, 0, 0x2B]) { return .tiff }
        // The size of the second header tells a picture from text that begins with BM.
        if has("BM"), head.count > 17, (12...124).contains(head[14]), has([0, 0, 0], at: 15) { return .bmp }
        if head.count > 2, head[0] == 0x50, (0x31...0x37).contains(head[1]), [9, 10, 13, 32].contains(head[2]) {
            return .netpbm
        }
        if has([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20]) || has([0xFF, 0x4F, 0xFF, 0x51]) { return .jpeg2000 }
        if has([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20]) || has([0xFF, 0x0A]) { return .jpegXL }
        if has([0, 0, 1, 0]), head.count > 21, (1...64).contains(head[4]), head[5] == 0, head[9] == 0 { return .ico }
        if head.count > 3, head[0] == 10, head[1] <= 5, head[2] <= 1, [1, 2, 4, 8].contains(head[3]) { return .pcx }
        if has("DDS ") { return .dds }
        if has("8BPS") { return .psd }
        if has("qoif") { return .qoi }
        return nil
    }

    /// The brands of an ISO base media file (ISO/IEC 23008-12): those of still pictures, in whatever order.
    private static func heif(_ head: [UInt8]) -> PictureFormat? {
        let end = min(head.count, head.prefix(4).reduce(0) { $0 << 8 | Int($1) })
        var brands: [String] = []
        for place in stride(from: 8, to: end - 3, by: 4) where place != 12 {
            brands.append(String(decoding: head[place..<place + 4], as: UTF8.self))
        }
        if brands.contains("avif") || brands.contains("avis") { return .avif }
        let others: Set = ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"]
        return brands.contains(where: others.contains) ? .heic : nil
    }

    /// How their files' names end, without the dot.
    public var endings: [String] {
        switch self {
        case .jpeg: ["jpg", "jpeg", "jfif", "jpe", "mpo"]
        case .png: ["png", "apng"]
        case .webP: ["webp"]
        case .heic: ["heic", "heif", "hif"]
        case .avif: ["avif"]
        case .gif: ["gif"]
        case .tiff: ["tif", "tiff"]
        case .bmp: ["bmp", "dib"]
        case .netpbm: ["ppm", "pgm", "pbm", "pnm", "pam"]
        case .jpeg2000: ["jp2", "j2k", "jpx", "jpc"]
        case .ico: ["ico"]
        case .pcx: ["pcx"]
        case .dds: ["dds"]
        case .psd: ["psd"]
        case .qoi: ["qoi"]
        case .jpegXL: ["jxl"]
        }
    }

    /// The list in words: `JPEG, PNG, ... and JPEG XL`.
    public static let list: String = {
        let names = allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " and " + names.last!
    }()

    private static let allEndings = Set(allCases.flatMap(\.endings))

    /// Whether a file name ends like a picture's, and is not hidden.
    public static func isName(_ name: String) -> Bool {
        guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
        return allEndings.contains(name[name.index(after: dot)...].lowercased())
    }
}
