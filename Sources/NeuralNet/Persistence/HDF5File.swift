import CHDF5
import Files
import Glibc
import Synchronization

/// An HDF5 file, opened for reading or made anew. Objects in it are named by paths such as `model_weights/dense`.
///
/// A new file is put together in memory and goes to the disk whole, with `save()`: the library itself crashes at exit
/// if the disk is full when it closes a file.
///
/// Every failure is a `NeuralNetError.file` that names file and object. The C library is not thread-safe: calls from
/// all files go through one lock.
package final class HDF5File {
    package let path: String
    private let file: hid_t

    private static let counter = Atomic<Int>(0)
    private static let lock = Mutex<Void>(())

    /// Opens a file for reading.
    package init(reading path: String) throws {
        self.path = path
        try HDF5File.checkSignature(path)
        file = HDF5File.locked { H5Fopen(path, fermusic_h5f_rdonly(), 0) }
        guard file >= 0 else {
            let reason = HDF5File.reason()
            throw NeuralNetError.file(
                path: path, place: nil,
                reason: reason.contains("lock") ? "in use by another program" : "damaged or cut short HDF5 file")
        }
    }

    /// Starts a file for `path`. Nothing is on the disk before `save()`.
    package init(creating path: String) throws {
        self.path = path
        file = HDF5File.locked {
            let access = H5Pcreate(fermusic_h5p_file_access())
            defer { H5Pclose(access) }
            H5Pset_fapl_core(access, 1 << 20, false)
            // Two files of one name would be taken for the same one.
            let name = "\(path)#\(HDF5File.counter.wrappingAdd(1, ordering: .relaxed).newValue)"
            return H5Fcreate(name, fermusic_h5f_trunc(), 0, access)
        }
        guard file >= 0 else {
            throw NeuralNetError.file(path: path, place: nil, reason: "cannot write: \(HDF5File.reason())")
        }
    }

    deinit {
        if file >= 0 { HDF5File.locked { _ = H5Fclose(file) } }
    }

    /// Puts a new file in its place, replacing any there, whole or not at all.
    package func save() throws {
        let image = try HDF5File.locked {
            guard H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0, let start = fermusic_h5_core_image(file) else {
                throw failure(nil, "cannot write: \(String(cString: fermusic_h5_reason()))")
            }
            // H5Fget_filesize would count the memory reserved for growth.
            let size = H5Fget_file_image(file, nil, 0)
            guard size > 0 else { throw failure(nil, "cannot write: \(String(cString: fermusic_h5_reason()))") }
            return UnsafeRawBufferPointer(start: start, count: size)
        }
        do {
            try AtomicFile.replace(path, makesFolders: true) { try $0.write(image) }
        } catch let error as FileFailure {
            throw failure(nil, "cannot write: \(error.reason)")
        }
    }

    /// Says what a file is that is not HDF5 at all.
    private static func checkSignature(_ path: String) throws {
        func failure(_ reason: String) -> NeuralNetError { .file(path: path, place: nil, reason: reason) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
        defer { _ = Glibc.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure(String(cString: strerror(errno))) }  // a folder, say
        if count == 0 { throw failure("empty file") }
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
            throw failure("a zip archive (.keras?), not an HDF5 file; in Keras, save the model as .h5")
        }
        guard bytes == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] else {
            throw failure(count < 8 ? "cut short" : "not an HDF5 file")
        }
    }

    static func locked<T>(_ body: () throws -> T) rethrows -> T {
        try lock.withLock { _ in
            fermusic_h5_silence()  // the library keeps this per thread
            return try body()
        }
    }

    static func reason() -> String { locked { String(cString: fermusic_h5_reason()) } }

    func failure(_ place: String?, _ reason: String) -> NeuralNetError {
        .file(path: path, place: place, reason: reason)
    }

    /// Runs `body` with the object at `path` ("" for the top) open.
    func withObject<T>(_ object: String, _ body: (hid_t) throws -> T) throws -> T {
        try HDF5File.locked {
            let id = object.isEmpty ? H5Oopen(file, "/", 0) : H5Oopen(file, object, 0)
            guard id >= 0 else { throw failure(object, "missing") }
            defer { H5Oclose(id) }
            return try body(id)
        }
    }

    /// Whether there is a group or dataset of that name.
    package func exists(_ object: String) -> Bool {
        HDF5File.locked {
            var partial = ""
            for part in object.split(separator: "/") {
                partial += partial.isEmpty ? String(part) : "/" + part
                if H5Lexists(file, partial, 0) <= 0 { return false }
            }
            return true
        }
    }

    /// Makes a group and those above it.
    package func makeGroup(_ group: String) throws {
        var partial = ""
        for part in group.split(separator: "/") {
            partial += partial.isEmpty ? String(part) : "/" + part
            if exists(partial) { continue }
            try HDF5File.locked {
                let id = H5Gcreate2(file, partial, 0, 0, 0)
                guard id >= 0 else { throw failure(partial, "cannot write") }
                H5Gclose(id)
            }
        }
    }

    /// The names in a group, in alphabetical order.
    package func links(in group: String) throws -> [String] {
        try withObject(group) { id in
            var info = H5G_info_t()
            guard H5Gget_info(id, &info) >= 0 else { throw failure(group, "not a group") }
            return try (0..<info.nlinks).map { index in
                let length = H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, index, nil, 0, 0)
                guard length > 0, length < 4096 else { throw failure(group, "damaged") }
                var name = [CChar](repeating: 0, count: length + 1)
                H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &name, length + 1, 0)
                return String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }

    /// Writes numbers as a float32 dataset of the given shape (an empty one: a scalar).
    package func write(_ values: UnsafePointer<Float>, shape: [Int], to dataset: String) throws {
        try write(
            UnsafeRawPointer(values), type: fermusic_h5t_float(), fileType: fermusic_h5t_float32_file(), shape: shape,
            to: dataset)
    }

    /// Writes one whole number as an int64 dataset.
    package func write(_ value: Int, to dataset: String) throws {
        try withUnsafePointer(to: Int64(value)) {
            try write(
                UnsafeRawPointer($0), type: fermusic_h5t_int64(), fileType: fermusic_h5t_int64_file(), shape: [],
                to: dataset)
        }
    }

    private func write(
        _ values: UnsafeRawPointer, type: hid_t, fileType: hid_t, shape: [Int], to dataset: String
    ) throws {
        try makeGroup(dataset.parentFolder == "." ? "" : dataset.parentFolder)
        try HDF5File.locked {
            let dimensions = shape.map { hsize_t($0) }
            let space = shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), dimensions, nil)
            defer { H5Sclose(space) }
            let id = H5Dcreate2(file, dataset, fileType, space, 0, 0, 0)
            guard id >= 0 else { throw failure(dataset, "cannot write: \(String(cString: fermusic_h5_reason()))") }
            defer { H5Dclose(id) }
            guard shape.contains(0) || H5Dwrite(id, type, 0, 0, 0, values) >= 0 else {
                throw failure(dataset, "cannot write: \(String(cString: fermusic_h5_reason()))")
            }
        }
    }

    /// The shape of a dataset.
    package func shape(of dataset: String) throws -> [Int] {
        try withDataset(dataset) { _, shape in shape }
    }

    /// Reads a dataset of numbers of any type as floats. Refuses more than `limit` values before asking for memory.
    package func read(_ dataset: String, limit: Int = 1 << 28) throws -> (values: [Float], shape: [Int]) {
        try withDataset(dataset) { id, shape in
            let count = try elementCount(shape, dataset)
            guard count <= limit else { throw failure(dataset, "\(count) values are more than expected") }
            let values = try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                guard H5Dread(id, fermusic_h5t_float(), 0, 0, 0, buffer.baseAddress!) >= 0 else {
                    throw failure(dataset, "cannot read: \(String(cString: fermusic_h5_reason()))")
                }
                initialized = count
            }
            return (values, shape)
        }
    }

    /// Reads a dataset into memory that must have its size.
    package func read(_ dataset: String, into target: UnsafeMutableBufferPointer<Float>) throws {
        try withDataset(dataset) { id, shape in
            guard try elementCount(shape, dataset) == target.count else {
                throw failure(dataset, "shape \(shape) instead of \(target.count) values")
            }
            guard target.isEmpty || H5Dread(id, fermusic_h5t_float(), 0, 0, 0, target.baseAddress!) >= 0 else {
                throw failure(dataset, "cannot read: \(String(cString: fermusic_h5_reason()))")
            }
        }
    }

    private func elementCount(_ shape: [Int], _ dataset: String) throws -> Int {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, size >= 0 else { throw failure(dataset, "shape \(shape) is too large") }
            count = product
        }
        return count
    }

    private func withDataset<T>(_ dataset: String, _ body: (hid_t, [Int]) throws -> T) throws -> T {
        try withObject(dataset) { id in
            guard H5Iget_type(id) == H5I_DATASET else { throw failure(dataset, "not a dataset") }
            let type = H5Dget_type(id)
            defer { H5Tclose(type) }
            let kind = H5Tget_class(type)
            guard kind == H5T_FLOAT || kind == H5T_INTEGER else { throw failure(dataset, "does not hold numbers") }
            let space = H5Dget_space(id)
            defer { H5Sclose(space) }
            let rank = H5Sget_simple_extent_ndims(space)
            guard rank >= 0, rank <= 32 else { throw failure(dataset, "damaged") }
            var dimensions = [hsize_t](repeating: 0, count: Int(max(rank, 1)))
            H5Sget_simple_extent_dims(space, &dimensions, nil)
            return try body(id, dimensions.prefix(Int(rank)).map { Int(clamping: $0) })
        }
    }
}
