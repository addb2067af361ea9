import Files
import Glibc

/// Where frames come from, as users say it.
public enum FrameAddress: Sendable, Equatable {
    /// `/dev/videoN`
    case camera(device: String)
    /// `rtsp://`, `http://`, ...
    case network(url: String)
    /// A file, folder or named pipe.
    case path(String)
    case standardInput

    static let schemes = ["http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "udp", "tcp", "rtp", "srt"]

    /// `0` is the camera `/dev/video0` (write `./0` for a file of that name), `-` is standard input.
    /// Throws `CaptureError.cannotOpen` for an address of a kind that isn't known.
    public init(_ text: String) throws(CaptureError) {
        if text == "-" {
            self = .standardInput
        } else if !text.isEmpty, text.count <= 3, text.allSatisfy({ ("0"..."9").contains($0) }) {
            self = .camera(device: "/dev/video\(Int(text)!)")
        } else if text.hasPrefix("/dev/video"), text.dropFirst(10).allSatisfy({ ("0"..."9").contains($0) }) {
            self = .camera(device: text)
        } else if let colon = text.firstRange(of: "://"), FrameAddress.isScheme(text[..<colon.lowerBound]) {
            let scheme = text[..<colon.lowerBound].lowercased()
            if scheme == "file" {
                self = .path(String(text[colon.upperBound...]))
            } else if FrameAddress.schemes.contains(scheme) {
                self = .network(url: text)
            } else {
                throw .cannotOpen(
                    source: FrameAddress.withoutPassword(text),
                    reason: "'\(scheme)' is not among \(FrameAddress.schemes.joined(separator: ", "))")
            }
        } else if FrameAddress.isVideoDevice(text) {
            self = .camera(device: text)
        } else {
            self = .path(text)
        }
    }

    /// The address for people: without user name and password.
    public var name: String {
        switch self {
        case .camera(let device): device
        case .network(let url): FrameAddress.withoutPassword(url)
        case .path(let path): path
        case .standardInput: "standard input"
        }
    }

    static func isWeb(_ url: String) -> Bool {
        let url = url.lowercased()
        return url.hasPrefix("http://") || url.hasPrefix("https://")
    }

    private static func isScheme(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    /// Whether it is a link to a camera, as those in /dev/v4l/by-id.
    private static func isVideoDevice(_ path: String) -> Bool {
        var status = stat()
        guard stat(path.cPath, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return false }
        // The kernel's number for video devices (Documentation/admin-guide/devices.txt).
        return status.st_rdev >> 8 & 0xFFF == 81
    }

    static func withoutPassword(_ url: String) -> String {
        guard let colon = url.firstRange(of: "://") else { return url }
        let rest = url[colon.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return String(url[..<colon.upperBound] + rest[rest.index(after: at)...])
    }
}
