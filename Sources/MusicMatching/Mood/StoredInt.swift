/// A whole number as catalogues keep them: of 64 bits, also in WebAssembly, where `Int` has 32.
#if arch(wasm32)
    public typealias StoredInt = Int64
#else
    public typealias StoredInt = Int
#endif
