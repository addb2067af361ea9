import NeuralNet
import Testing

/// Layers that only move values: Flatten, Reshape, ZeroPadding2D, Rescaling.
@Suite struct ShapeLayerTests {
    @Test func flatten() throws {
        try checkLayer(
            Flatten(), input: [3, 4, 5], output: [60], options: ModelCheck(step: 0.25, kernels: []) { x, _, _ in x[0] })
        try checkLayer(Flatten(), Dense(3), input: [3, 4], output: [3], options: ModelCheck(step: 0.25))
        try checkLayer(Dense(3), Flatten(), input: [3, 4], output: [9], options: ModelCheck(step: 0.25))
    }

    @Test(
        arguments: [
            ([12], [3, 4], [3, 4]), ([2, 3, 4], [-1], [24]), ([2, 3, 4], [4, -1, 2], [4, 3, 2]),
            ([1], [1, 1, 1], [1, 1, 1]),
        ] as [(Shape, [Int], Shape)])
    func reshape(_ input: Shape, _ target: [Int], _ output: Shape) throws {
        try checkLayer(
            Reshape(target), input: input, output: output,
            options: ModelCheck(step: 0.25, kernels: []) { x, _, _ in x[0] })
        try checkLayer(
            Dense(input.last!), Reshape(target), Dense(2), input: input, output: output.dropLast() + [2],
            options: ModelCheck(step: 0.1))
    }

    @Test(arguments: [(0, 0, 0, 0), (1, 1, 1, 1), (1, 0, 0, 2), (0, 3, 2, 0), (2, 1, 3, 4)])
    func zeroPadding(_ top: Int, _ bottom: Int, _ left: Int, _ right: Int) throws {
        let input = [3, 4, 5], output = [top + 3 + bottom, left + 4 + right, 5]
        try checkLayer(
            ZeroPadding2D(top: top, bottom: bottom, left: left, right: right), input: input, output: output,
            options: ModelCheck(step: 0.25) { x, _, count in
                var y = [Float](repeating: 0, count: output.reduce(1, *) * count)
                for i in x[0].indices {
                    let at = coordinate(i, in: [count] + input)
                    y[((at[0] * output[0] + at[1] + top) * output[1] + at[2] + left) * 5 + at[3]] = x[0][i]
                }
                return y
            })
    }

    @Test func rescaling() throws {
        try checkLayer(
            Rescaling(1 / 127.5, offset: -1), input: [3, 4, 2], output: [3, 4, 2],
            options: ModelCheck(step: 1, inputRange: 0...255) { x, _, _ in x[0].map { $0 / 127.5 - 1 } })
    }

    @Test func rescalingOfChannels() throws {
        let scale: [Float] = [0.5, -2, 3], offset: [Float] = [1, 0, -4]
        try checkLayer(
            Rescaling(scale, offset: offset), input: [3, 4, 3], output: [3, 4, 3],
            options: ModelCheck(step: 0.25) { x, _, _ in
                x[0].indices.map { x[0][$0] * scale[$0 % 3] + offset[$0 % 3] }
            })
    }
}
