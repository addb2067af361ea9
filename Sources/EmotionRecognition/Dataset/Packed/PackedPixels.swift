import Files
import Glibc
import Synchronization

/// The pictures of a packed data set, read from its file as they are needed: those that are trained on one by one and
/// checked, for everything else mapped into memory.
final class PackedPixels: @unchecked Sendable {
    // Safe to share: nothing changes after the start, and the mapping can only be read.

    let path: String
    let count: Int
    let imageBytes: Int
    /// Of the whole data set, as the file says.
    let fingerprint: String
    let trainingFingerprint: String
    private let file: Int32
    private let start: Int
    private let sums: [UInt32]
    private let mapping: UnsafeRawBufferPointer

    /// `start` is a multiple of 4,096, and all pictures lie within the file; it belongs to this object from now on.
    init(
        path: String, file: Int32, start: Int, count: Int, imageBytes: Int, sums: [UInt32], fingerprint: String,
        trainingFingerprint: String
    ) throws {
        (self.path, self.file, self.start, self.count) = (path, file, start, count)
        (self.imageBytes, self.sums) = (imageBytes, sums)
        (self.fingerprint, self.trainingFingerprint) = (fingerprint, trainingFingerprint)
        let size = count * imageBytes
        guard size > 0, let base = mmap(nil, size, PROT_READ, MAP_SHARED, file, start), base != MAP_FAILED else {
            let reason = FileFailure.last.reason
            close(file)
            throw DatasetError.cannotRead(path: path, reason: reason)
        }
        mapping = UnsafeRawBufferPointer(start: base, count: size)
        // Pictures come in any order: what lies around them is of no use.
        posix_fadvise(file, start, size, POSIX_FADV_RANDOM)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: mapping.baseAddress!), mapping.count)
        close(file)
    }

    /// All pictures. Whoever reads them leaves them in the process's memory, as far as there is room.
    var bytes: UnsafeBufferPointer<UInt8> { mapping.assumingMemoryBound(to: UInt8.self) }

    /// Gives back the memory that reading `bytes` took.
    func letGo() { madvise(UnsafeMutableRawPointer(mutating: mapping.baseAddress!), mapping.count, MADV_DONTNEED) }

    /// Reads one picture and checks it: nothing of it stays in memory. Throws `DatasetError.cannotRead`.
    func read(_ index: Int, into target: UnsafeMutablePointer<UInt8>) throws {
        var done = 0
        while done < imageBytes {
            let n = pread(file, target + done, imageBytes - done, start + index * imageBytes + done)
            if n < 0, errno == EINTR { continue }
            guard n > 0 else {
                let reason = n < 0 ? FileFailure.last.reason : "it has become shorter"
                throw DatasetError.cannotRead(path: path, reason: "picture \(index + 1): \(reason)")
            }
            done += n
        }
        guard PackedPixels.sum(UnsafeRawBufferPointer(start: target, count: imageBytes)) == sums[index] else {
            throw DatasetError.cannotRead(path: path, reason: "picture \(index + 1) is damaged")
        }
    }

    /// A picture's check sum.
    static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var fingerprint = Fingerprint()
        fingerprint.add(bytes)
        return fingerprint.short
    }
}
