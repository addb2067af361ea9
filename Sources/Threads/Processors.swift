import CThreads
import Files
import Glibc

/// How many processors there are for this process.
public enum Processors {
    /// Those that it may run on (`taskset`, container settings), but not more than its share of time (`docker run --cpus`)
    /// is worth; at least 1.
    public static let available: Int = {
        let allowed = Int(fm_allowed_processors())
        let all = allowed > 0 ? allowed : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return max(1, min(all, quota(root: "") ?? all))
    }()

    /// The processors that the time this process gets is worth, rounded up; nil without a limit. `root` goes before all paths.
    ///
    /// Control groups of version 2 have `cpu.max`, those of version 1 two files; a group's limit holds for those below it.
    package static func quota(root: String) -> Int? {
        let groups = text("\(root)/proc/self/cgroup").split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }
        var least: Int?
        func note(_ quota: Double?, _ period: Double?) {
            guard let quota, let period, quota > 0, period > 0, quota / period < 1e6 else { return }
            least = min(least ?? .max, Int((quota / period).rounded(.up)))
        }
        for group in groups where group.count == 3 {
            let names = group[1].split(separator: ",")
            guard names.isEmpty || names.contains("cpu") else { continue }
            let base = names.isEmpty ? "\(root)/sys/fs/cgroup" : "\(root)/sys/fs/cgroup/cpu"
            // In a container the path is that outside of it, and the group is the base itself.
            var path = String(group[2])
            while true {
                let folder = path == "/" ? base : base + path
                if names.isEmpty {
                    let words = text("\(folder)/cpu.max").split(whereSeparator: \.isWhitespace)
                    if words.count == 2 { note(Double(words[0]), Double(words[1])) }
                } else {
                    note(
                        Double(text("\(folder)/cpu.cfs_quota_us").filter { !$0.isWhitespace }),
                        Double(text("\(folder)/cpu.cfs_period_us").filter { !$0.isWhitespace }))
                }
                guard path != "/", let slash = path.lastIndex(of: "/") else { break }
                path = slash == path.startIndex ? "/" : String(path[..<slash])
            }
        }
        return least
    }

    private static func text(_ path: String) -> String {
        (try? FileBytes.read(path, limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
