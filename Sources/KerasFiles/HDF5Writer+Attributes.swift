import CHDF5
import NeuralNetCore

/// Texts and lists of texts attached to groups, in the forms that Keras's files have.
extension HDF5Writer {
    /// Keras splits lists of names above this many bytes over `name0`, `name1`, ... since an HDF5 object header cannot
    /// hold more.
    private static let headerLimit = 64512

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
        if width * texts.count > HDF5Writer.headerLimit {
            let perPart = max(1, HDF5Writer.headerLimit / width)
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
}
