/// YuNet's layers, laid out for NeuralNet's fast paths: the four answers of a stride come from one layer of 16
/// channels.
///
/// A picture's pixels, 0...255, lie behind one row and one column of zeros, and its sides are multiples of 32. The
/// outputs are for strides 8, 16 and 32; each cell has 16 numbers: two logits, for "a face" and "its middle", the
/// box's centre from the cell's corner and the logarithms of its sides, and five points from the cell's corner, all in
/// strides.
///
/// Source: W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20,
/// 2023.
enum YuNetNetwork {
    static let strides = [8, 16, 32]
    static let multiple = 32
    static let channels = 16
}
