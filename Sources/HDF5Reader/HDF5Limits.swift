/// What a file may ask for. Each limit stands before the memory or the time.
package struct HDF5Limits: Sendable {
    /// Bytes of groups, headers, names and texts that are read in all. 20,000 layers take a third of it.
    package var structure = 64 << 20
    /// Values may unpack to this many bytes, and in addition to `expansion` times the size of the file.
    package var unpacked = 64 << 20
    package var expansion = 64
    /// Texts in one list.
    package var texts = 1 << 20
    /// Levels of trees of nodes; those of real files have up to three.
    package var treeLevels = 16
    /// Parts of the path of an object.
    package var pathParts = 64
    /// Soft links on the way to an object.
    package var softLinks = 16
    /// Messages in the header of one object.
    package var messages = 1 << 16

    package init() {}
}
