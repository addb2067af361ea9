import CHDF5
import Files
import NeuralNetCore
import Synchronization
import Threads

/// A new HDF5 file, written with libhdf5. Objects in it are named by paths such as `model_weights/dense`. `HDF5File` reads.
///
/// It is put together in memory and goes to the disk whole, with `save()`: the library itself crashes at exit if the disk
/// is full when it closes a file.
///
/// Every failure is a `NeuralNetError.file` that names file and object. The C library is not thread-safe: calls from
/// all files go through one lock.
package final class HDF5Writer {
    package let path: String
    private let file: hid_t
    private let precision: StoredPrecision

    private static let counter = Atomic<Int>(0)
    private static let lock = Guarded<Void>(())

    /// Starts a file for `path`. Nothing is on the disk before `save()`.
    package init(creating path: String, precision: StoredPrecision = .float32) throws {
        self.path = path
        self.precision = precision
        file = HDF5Writer.locked {
            let access = H5Pcreate(fermusic_h5p_file_access())
            defer { H5Pclose(access) }
            H5Pset_fapl_core(access, 1 << 20, false)
            // Two files of one name would be taken for the same one.
            let name = "\(path)#\(HDF5Writer.counter.wrappingAdd(1, ordering: .relaxed).newValue)"
            return H5Fcreate(name.cPath, fermusic_h5f_trunc(), 0, access)
        }
        guard file >= 0 else {
            throw NeuralNetError.file(path: path, place: nil, reason: "cannot write: \(HDF5Writer.reason())")
        }
    }

    deinit {
        if file >= 0 { HDF5Writer.locked { _ = H5Fclose(file) } }
    }

    /// Puts a new file in its place, replacing any there, whole or not at all.
    package func save() throws {
        let image = try image()
        do {
            try AtomicFile.replace(path, makesFolders: true) { try $0.write(image) }
        } catch let error as FileFailure {
            throw failure(nil, "cannot write: \(error.reason)")
        }
    }

    /// The bytes of the file, valid until something more is written to it or it is released.
    func image() throws -> UnsafeRawBufferPointer {
        try HDF5Writer.locked {
            guard H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0, let start = fermusic_h5_core_image(file) else {
                throw failure(nil, "cannot write: \(String(cString: fermusic_h5_reason()))")
            }
            // H5Fget_filesize would count the memory reserved for growth.
            let size = H5Fget_file_image(file, nil, 0)
            guard size > 0 else { throw failure(nil, "cannot write: \(String(cString: fermusic_h5_reason()))") }
            return UnsafeRawBufferPointer(start: start, count: size)
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
        try HDF5Writer.locked {
            let id = object.isEmpty ? H5Oopen(file, "/", 0) : H5Oopen(file, object, 0)
            guard id >= 0 else { throw failure(object, "missing") }
            defer { H5Oclose(id) }
            return try body(id)
        }
    }

    private func exists(_ object: String) -> Bool {
        HDF5Writer.locked {
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
            try HDF5Writer.locked {
                let id = H5Gcreate2(file, partial, 0, 0, 0)
                guard id >= 0 else { throw failure(partial, "cannot write") }
                H5Gclose(id)
            }
        }
    }

    /// Writes numbers as a dataset of the given shape (an empty one: a scalar), in the file's precision.
    package func write(_ values: UnsafePointer<Float>, shape: [Int], to dataset: String) throws {
        let values = UnsafeBufferPointer(start: values, count: shape.reduce(1, *))
        if precision == .float16, let large = values.first(where: { abs($0) > StoredPrecision.largestHalf }) {
            throw failure(dataset, "\(large) is too large for float16")
        }
        let half = precision == .float16 ? HDF5Writer.locked { fermusic_h5t_float16_file() } : nil
        defer { if let half { HDF5Writer.locked { _ = H5Tclose(half) } } }
        try write(
            UnsafeRawPointer(values.baseAddress!), type: fermusic_h5t_float(),
            fileType: half ?? HDF5Writer.locked { fermusic_h5t_float32_file() }, shape: shape, to: dataset)
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
        try HDF5Writer.locked {
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
}
