import MediaFiles

/// Why frames cannot be had or written. The description is one clear line that says what to do where that is known.
public enum CaptureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no such camera; `others` are those that there are.
    case cameraMissing(device: String, others: [String])
    /// Another program has the camera.
    case cameraBusy(device: String)
    /// This user may not open the camera.
    case cameraForbidden(device: String)
    /// The camera went away while it was running.
    case cameraUnplugged(device: String)
    /// The camera is there but delivers nothing.
    case cameraSilent(device: String, seconds: Double)
    case cameraUnusable(device: String, reason: String)

    case cannotOpen(source: String, reason: String)
    /// A sound file, a playlist, ...
    case noVideo(source: String)
    case tooLarge(source: String, width: Int, height: Int)
    /// Nothing came for as long as was agreed to wait.
    case stalled(source: String, seconds: Double)
    /// A live source ended.
    case disconnected(source: String, reason: String)
    /// What follows the first `frames` frames cannot be read.
    case damaged(source: String, frames: Int, reason: String)
    case cannotWrite(path: String, reason: String)
    /// FFmpeg's libraries are not there.
    case libraryMissing(reason: String)

    /// The device, file or address; `nil` where FFmpeg is missing altogether.
    package var source: String? {
        switch self {
        case .cameraMissing(let name, _), .cameraBusy(let name), .cameraForbidden(let name), .cameraUnplugged(let name),
            .cameraSilent(let name, _), .cameraUnusable(let name, _), .cannotOpen(let name, _), .noVideo(let name),
            .tooLarge(let name, _, _), .stalled(let name, _), .disconnected(let name, _), .damaged(let name, _, _),
            .cannotWrite(let name, _):
            name
        case .libraryMissing: nil
        }
    }

    public var description: String {
        switch self {
        case .cameraMissing(let device, let others):
            let hint = others.isEmpty ? "no camera is connected" : "there is " + others.joined(separator: ", ")
            return "\(device): no such camera; \(hint)"
        case .cameraBusy(let device):
            return "\(device): the camera is in use by another program; close that one first"
        case .cameraForbidden(let device):
            return "\(device): no permission to use the camera; add yourself to its group with "
                + "'sudo usermod -aG video $USER' and log in again"
        case .cameraUnplugged(let device): return "\(device): the camera was unplugged"
        case .cameraSilent(let device, let seconds):
            return
                "\(device): the camera delivered no frame for \(Self.short(seconds)) s; plug it in again, or try another "
                + "size or rate"
        case .cameraUnusable(let device, let reason): return "\(device): cannot use the camera: \(reason)"
        case .cannotOpen(let source, let reason): return "\(source): cannot open: \(reason)"
        case .noVideo(let source): return "\(source): there is no video in it"
        case .tooLarge(let source, let width, let height):
            return "\(source): \(width) x \(height) pixels are too many"
        case .stalled(let source, let seconds): return "\(source): nothing came for \(Self.short(seconds)) s"
        case .disconnected(let source, let reason): return "\(source): the stream ended: \(reason)"
        case .damaged(let source, let frames, let reason):
            return frames == 0
                ? "\(source): no frame can be read: \(reason)"
                : "\(source): cannot be read after frame \(frames): \(reason)"
        case .cannotWrite(let path, let reason): return "\(path): cannot write the video: \(reason)"
        case .libraryMissing(let reason):
            return "video needs FFmpeg's libraries: \(reason)"
        }
    }

    static func short(_ seconds: Double) -> String {
        let tenths = Int((min(1e15, max(0, seconds)) * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
