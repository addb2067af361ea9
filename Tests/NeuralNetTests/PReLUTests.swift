import NeuralNet
import Testing

@Suite struct PReLUTests {
    @Test(
        arguments: [
            ([6], []), ([6], [1]), ([4, 5, 3], []), ([4, 5, 3], [1, 2]), ([4, 5, 3], [1]), ([4, 5, 3], [2]),
            ([4, 5, 3], [3]), ([4, 5, 3], [1, 3]), ([4, 5, 3], [1, 2, 3]), ([3, 3, 35], [1, 2]),
        ] as [(Shape, [Int])])
    func sharedAxes(_ shape: Shape, _ axes: [Int]) throws {
        let alphaShape = shape.indices.map { axes.contains($0 + 1) ? 1 : shape[$0] }
        try checkLayer(
            PReLU(sharedAxes: axes), input: shape, output: shape,
            options: ModelCheck(hasKinks: true) { x, w, count in
                x[0].indices.map { i in
                    var place = 0
                    for (axis, index) in coordinate(i, in: [count] + shape).dropFirst().enumerated() {
                        place = place * alphaShape[axis] + (alphaShape[axis] == 1 ? 0 : index)
                    }
                    return x[0][i] > 0 ? x[0][i] : x[0][i] * w[0][place]
                }
            })
        let model = try Model(input: shape) { PReLU(sharedAxes: axes) }
        #expect(model.weights.entries[0].specification.shape == alphaShape)
    }
}
