import CFileAttributes
import Glibc

/// Whose a file is and who may do what with it, for what takes its place.
struct FileRights {
    private static let accessList = "system.posix_acl_access"
    /// Of all names, and of one value. Linux allows no more.
    private static let mostBytes = 1 << 16

    private let path: String
    private let owner: uid_t
    private let group: gid_t
    private let mode: mode_t
    private let hasOwnPermissions: Bool

    /// - Parameter permissions: others than the file's.
    init(of path: String, _ status: stat, permissions: mode_t? = nil) {
        self.path = path
        owner = status.st_uid
        group = status.st_gid
        // What runs with its owner's rights does not hand these on to other contents.
        mode = permissions ?? status.st_mode & 0o777
        hasOwnPermissions = permissions == nil
    }

    /// Gives them to another file as far as this process may: owner and group, or the group alone; permissions, the list of
    /// those who may (ACL) and the user's attributes. Whoever could not read or write the file before cannot afterwards.
    func give(to descriptor: Int32) {
        var new = stat()
        guard fstat(descriptor, &new) == 0 else { return }
        var keepsOwner = new.st_uid == owner, keepsGroup = new.st_gid == group
        if !keepsOwner || !keepsGroup {
            if fchown(descriptor, owner, group) == 0 {
                (keepsOwner, keepsGroup) = (true, true)
            } else if !keepsGroup {
                keepsGroup = fchown(descriptor, uid_t.max, group) == 0
            }
        }
        let user = mode >> 6 & 7
        var members = mode >> 3 & 7, others = mode & 7
        // Who was the owner is one of the group or of the others now, and the group's members are others.
        if !keepsOwner {
            members &= user
            others &= user
        }
        if !keepsGroup {
            members &= others
            others = members
        }
        // A list that came from the folder would let others in.
        fremovexattr(descriptor, FileRights.accessList)
        let list = hasOwnPermissions ? attribute(FileRights.accessList) : nil
        // With a list the group's bits are the most that anybody in it gets, so they mean nothing without.
        let narrow = user << 6 | (members & others) << 3 | others
        guard fchmod(descriptor, list == nil ? user << 6 | members << 3 | others : narrow) == 0 else { return }
        if let list, keepsOwner, keepsGroup { fsetxattr(descriptor, FileRights.accessList, list, list.count, 0) }
        for name in names() where name.hasPrefix("user.") {
            if let value = attribute(name) { fsetxattr(descriptor, name, value, value.count, 0) }
        }
    }

    private func names() -> [String] {
        var bytes = [CChar](repeating: 0, count: FileRights.mostBytes)
        let count = listxattr(path.cPath, &bytes, bytes.count)
        guard count > 0 else { return [] }
        return bytes[..<count].split(separator: 0).compactMap {
            String(validating: $0.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private func attribute(_ name: String) -> [UInt8]? {
        let size = getxattr(path.cPath, name, nil, 0)
        guard size >= 0, size <= FileRights.mostBytes else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        let count = getxattr(path.cPath, name, &bytes, size)
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }
}
