/// Why the server cannot start. The description is one clear line.
public enum WebServerError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotListen(host: String, port: Int, reason: String)
    case portTaken(host: String, port: Int)
    case noModels
    case cannotStart(reason: String)
    /// A file that belongs to the program or that the user named.
    case badFile(path: String, reason: String)
    /// Options that would open the server to strangers by accident.
    case unsafe(reason: String)

    public var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
        case .portTaken(let host, let port): "cannot listen on \(host):\(port): another program uses this port"
        case .noModels: "cannot start the server: no model was found beside the program"
        case .cannotStart(let reason): "cannot start the server: \(reason)"
        case .badFile(let path, let reason): "\(path): \(reason)"
        case .unsafe(let reason): reason
        }
    }
}
