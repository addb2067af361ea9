// Compiled by Scripts/fuzz together with the reader of HDF5 files.

/// Any bytes are a file or an error, and so is everything in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHDF5(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let document = try? HDF5Document(ByteArraySource(bytes)) else { return 0 }
    var groups = [""]
    var objects = 0
    while let group = groups.popLast(), objects < 60 {
        for name in ["model_config", "layer_names", "weight_names", "attribute 3"] {
            _ = try? document.texts(name, of: group)
        }
        guard let names = try? document.links(in: group) else { continue }
        for name in names.prefix(20) {
            objects += 1
            let path = group.isEmpty ? name : "\(group)/\(name)"
            if (try? document.read(path, limit: 1 << 16)) == nil, path.utf8.count < 60 { groups.append(path) }
        }
    }
    return 0
}
