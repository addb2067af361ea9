import CHDF5

/// A file as libhdf5 reads it, to compare with. Tests that use it run one after the other.
final class LibraryFile {
    private let file: hid_t

    /// nil if the library does not open it, as older ones do not what newer ones write.
    init?(_ path: String) {
        fermusic_h5_silence()
        file = H5Fopen(path, fermusic_h5f_rdonly(), 0)
        if file < 0 { return nil }
    }

    deinit { H5Fclose(file) }

    /// The paths of all datasets, hard links only.
    func datasets(_ group: String = "/", depth: Int = 0) -> [String] {
        guard depth < 40 else { return [] }
        let id = H5Gopen2(file, group, 0)
        defer { H5Gclose(id) }
        var info = H5G_info_t()
        H5Gget_info(id, &info)
        var paths: [String] = []
        for index in 0..<info.nlinks {
            var name = [CChar](repeating: 0, count: 1024)
            H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &name, name.count, 0)
            let text = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            let path = group == "/" ? text : "\(group)/\(text)"
            if path.hasPrefix("many-links/") { continue }
            let object = H5Oopen(file, path, 0)
            guard object >= 0 else { continue }
            let kind = H5Iget_type(object)
            H5Oclose(object)
            if kind == H5I_DATASET { paths.append(path) }
            if kind == H5I_GROUP { paths += datasets(path, depth: depth + 1) }
        }
        return paths
    }

    /// A dataset's numbers as floats; nil if it has none.
    func numbers(_ dataset: String) -> [Float]? {
        let id = H5Dopen2(file, dataset, 0)
        guard id >= 0 else { return nil }
        defer { H5Dclose(id) }
        let type = H5Dget_type(id), space = H5Dget_space(id)
        defer {
            H5Tclose(type)
            H5Sclose(space)
        }
        let kind = H5Tget_class(type)
        guard kind == H5T_FLOAT || kind == H5T_INTEGER else { return nil }
        var values = [Float](repeating: .nan, count: max(Int(H5Sget_simple_extent_npoints(space)), 1))
        guard H5Dread(id, fermusic_h5t_float(), 0, 0, 0, &values) >= 0 else { return nil }
        if H5Sget_simple_extent_npoints(space) == 0 { values = [] }
        return values
    }
}
