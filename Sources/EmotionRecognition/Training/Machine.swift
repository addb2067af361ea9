import Glibc

/// The computer that the program runs on.
package enum Machine {
    /// The processor's name as the kernel gives it, or its architecture: `AMD EPYC 9B14`.
    package static let processor: String = {
        if let name = processorName { return name }
        var system = utsname()
        return uname(&system) == 0 ? text(of: &system.machine) : "unknown"
    }()

    /// For the record of a run: `AMD EPYC 9B14, 2 processors, x86_64, Linux 6.1`; what is not known is left out.
    static let summary: String = {
        var parts: [String] = []
        if let name = processorName { parts.append(name) }
        let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        parts.append("\(count) processor\(count == 1 ? "" : "s")")
        var system = utsname()
        if uname(&system) == 0 {
            parts.append(text(of: &system.machine))
            let release = text(of: &system.release).split(separator: ".").prefix(2).joined(separator: ".")
            parts.append("\(text(of: &system.sysname)) \(release)")
        }
        return parts.joined(separator: ", ")
    }()

    /// The time in UTC: `2026-03-01T12:00:00Z`.
    static var now: String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            strftime(buffer.baseAddress!, 32, "%Y-%m-%dT%H:%M:%SZ", &parts)
            return String(cString: buffer.baseAddress!)
        }
    }

    private static var processorName: String? {
        guard let file = fopen("/proc/cpuinfo", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
            let name = text[text.index(after: colon)...].split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return name.isEmpty ? nil : name
        }
        return nil
    }

    /// A C array of characters, which Swift sees as a tuple.
    private static func text<Tuple>(of tuple: inout Tuple) -> String {
        withUnsafeBytes(of: &tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
