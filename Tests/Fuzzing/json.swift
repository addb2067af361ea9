// Compiled by Scripts/fuzz with the sources of the module JSON.

/// Any text is JSON or an error; what is written of a value is read as that value.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let value = try? JSONValue(parsing: text) else { return 0 }
    for written in [value.text(), value.text(pretty: true)] {
        guard let again = try? JSONValue(parsing: written), again == value else {
            fatalError("what was written is not what was read: \(written)")
        }
    }
    return 0
}
