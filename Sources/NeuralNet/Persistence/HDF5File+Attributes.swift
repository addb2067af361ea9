import CHDF5
import Glibc

/// Texts and lists of texts attached to groups, in the forms that Keras's files have.
extension HDF5File {
    /// Keras splits lists of names above this many bytes over `name0`, `name1`, ... since an HDF5 object header cannot
    /// hold more.
    private static let headerLimit = 64512

    /// Whether an object has that attribute.
    package func hasAttribute(_ name: String, of object: String) throws -> Bool {
        try withObject(object) { H5Aexists($0, name) > 0 }
    }

    /// Attaches a text (UTF-8, variable length, as h5py writes `str`).
    package func setAttribute(_ name: String, of object: String, to text: String) throws {
        try withObject(object) { id in
            let type = H5Tcopy(fermusic_h5t_c_string())
            defer { H5Tclose(type) }
            H5Tset_size(type, fermusic_h5t_variable())
            H5Tset_cset(type, H5T_CSET_UTF8)
            let space = H5Screate(H5S_SCALAR)
            defer { H5Sclose(space) }
            if H5Aexists(id, name) > 0 { H5Adelete(id, name) }
            let attribute = H5Acreate2(id, name, type, space, 0, 0)
            guard attribute >= 0 else { throw failure(object, "cannot write attribute \(name)") }
            defer { H5Aclose(attribute) }
            let status = text.withCString { pointer in
                withUnsafePointer(to: Optional(pointer)) { H5Awrite(attribute, type, $0) }
            }
            guard status >= 0 else { throw failure(object, "cannot write attribute \(name)") }
        }
    }

    /// Attaches a list of texts (fixed length, as h5py writes arrays of bytes), split as Keras does when it is long.
    package func setAttribute(_ name: String, of object: String, to texts: [String]) throws {
        let width = max(texts.map(\.utf8.count).max() ?? 0, 1)
        if width * texts.count > HDF5File.headerLimit {
            let perPart = max(1, HDF5File.headerLimit / width)
            for (part, start) in stride(from: 0, to: texts.count, by: perPart).enumerated() {
                let slice = Array(texts[start..<min(start + perPart, texts.count)])
                try writeFixed(slice, width: width, name: "\(name)\(part)", object: object)
            }
        } else {
            try writeFixed(texts, width: width, name: name, object: object)
        }
    }

    private func writeFixed(_ texts: [String], width: Int, name: String, object: String) throws {
        try withObject(object) { id in
            let type = H5Tcopy(fermusic_h5t_c_string())
            defer { H5Tclose(type) }
            H5Tset_size(type, width)
            H5Tset_strpad(type, H5T_STR_NULLPAD)
            var count = hsize_t(texts.count)
            let space = H5Screate_simple(1, &count, nil)
            defer { H5Sclose(space) }
            var bytes = [UInt8](repeating: 0, count: max(width * texts.count, 1))
            for (i, text) in texts.enumerated() {
                for (j, byte) in text.utf8.enumerated() { bytes[i * width + j] = byte }
            }
            let attribute = H5Acreate2(id, name, type, space, 0, 0)
            guard attribute >= 0 else { throw failure(object, "cannot write attribute \(name)") }
            defer { H5Aclose(attribute) }
            guard texts.isEmpty || H5Awrite(attribute, type, bytes) >= 0 else {
                throw failure(object, "cannot write attribute \(name)")
            }
        }
    }

    /// A text attribute of any of the forms in use; nil if there is none.
    package func text(_ name: String, of object: String) throws -> String? {
        guard try hasAttribute(name, of: object) else { return nil }
        let values = try rawTexts(name, of: object)
        guard values.count == 1 else { throw failure(object, "attribute \(name) is not one text") }
        return values[0]
    }

    /// A list of texts, put together if it is split; nil if there is none.
    package func texts(_ name: String, of object: String) throws -> [String]? {
        if try hasAttribute(name, of: object) { return try rawTexts(name, of: object) }
        guard try hasAttribute(name + "0", of: object) else { return nil }
        var result: [String] = []
        var part = 0
        while try hasAttribute("\(name)\(part)", of: object) {
            result += try rawTexts("\(name)\(part)", of: object)
            part += 1
        }
        return result
    }

    private func rawTexts(_ name: String, of object: String) throws -> [String] {
        try withObject(object) { id in
            let attribute = H5Aopen(id, name, 0)
            guard attribute >= 0 else { throw failure(object, "cannot read attribute \(name)") }
            defer { H5Aclose(attribute) }
            let type = H5Aget_type(attribute), space = H5Aget_space(attribute)
            defer {
                H5Tclose(type)
                H5Sclose(space)
            }
            let count = Int(H5Sget_simple_extent_npoints(space))
            // An empty list comes back from h5py as floats of length 0.
            if count == 0 { return [] }
            guard H5Tget_class(type) == H5T_STRING, count > 0, count <= 1 << 20 else {
                throw failure(object, "attribute \(name) is not text")
            }
            if H5Tis_variable_str(type) > 0 {
                var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
                guard H5Aread(attribute, type, &pointers) >= 0 else {
                    throw failure(object, "cannot read attribute \(name)")
                }
                defer { H5Dvlen_reclaim(type, space, 0, &pointers) }
                return pointers.map { $0.map { String(cString: $0) } ?? "" }
            }
            let width = H5Tget_size(type)
            guard width > 0, width <= 1 << 26, width * count <= 1 << 28 else {
                throw failure(object, "attribute \(name) is too large")
            }
            var bytes = [UInt8](repeating: 0, count: width * count)
            guard H5Aread(attribute, type, &bytes) >= 0 else { throw failure(object, "cannot read attribute \(name)") }
            return (0..<count).map { i in
                String(decoding: bytes[i * width..<(i + 1) * width].prefix { $0 != 0 }, as: UTF8.self)
            }
        }
    }
}
