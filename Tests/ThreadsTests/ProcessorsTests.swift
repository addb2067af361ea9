import Foundation
import Testing
import Threads

@Suite struct ProcessorsTests {
    @Test func atLeastOneAndNotMoreThanThereAre() {
        #expect((1...ProcessInfo.processInfo.processorCount).contains(Processors.available))
    }

    private func quota(_ files: [String: String]) throws -> Int? {
        let root = NSTemporaryDirectory() + "processors-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        for (name, text) in files {
            let path = root + "/" + name
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: false, encoding: .utf8)
        }
        return Processors.quota(root: root)
    }

    @Test func timeIsWorthProcessors() throws {
        #expect(try quota([:]) == nil)
        let group = "proc/self/cgroup"
        #expect(try quota([group: "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"]) == nil)
        #expect(try quota([group: "0::/\n", "sys/fs/cgroup/cpu.max": "150000 100000\n"]) == 2)
        #expect(try quota([group: "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"]) == 1)
        // The tightest of the groups around counts.
        #expect(
            try quota([
                group: "0::/a/b/c\n", "sys/fs/cgroup/a/b/c/cpu.max": "max 100000\n",
                "sys/fs/cgroup/a/b/cpu.max": "400000 100000\n", "sys/fs/cgroup/a/cpu.max": "300000 100000\n",
            ]) == 3)
        // Version 1; other controllers say nothing about time.
        #expect(
            try quota([
                group: "5:memory:/x\n4:cpu,cpuacct:/x\n0::/y\n", "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "250000\n",
                "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
            ]) == 3)
        #expect(
            try quota([
                group: "4:cpu:/\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            ]) == nil)
        #expect(try quota([group: "nonsense\n0::\n::\n", "sys/fs/cgroup/cpu.max": "what\n"]) == nil)
    }

    @Test func moreThreadsThanProcessorsStillFinish() {
        let pool = ThreadPool(threads: Processors.available * 4)
        for _ in 0..<50 {
            var parts = [Int](repeating: 0, count: pool.count)
            parts.withUnsafeMutableBufferPointer { parts in
                nonisolated(unsafe) let parts = parts
                pool.run { parts[$0] += 1 }
            }
            #expect(parts == [Int](repeating: 1, count: pool.count))
        }
    }
}
