import NeuralNet
import Testing

@Suite struct LayerBuilderTests {
    private enum Head: CaseIterable {
        case none, small, large
    }

    private static func names(_ model: Model) -> [String] { model.nodes.dropFirst().map(\.layer.name) }

    @Test(arguments: [true, false])
    func ifWithoutElse(_ drops: Bool) throws {
        let model = try Model(input: [4]) {
            Dense(3, name: "first")
            if drops { Dropout(0.5, name: "drop") }
            Dense(2, name: "last")
        }
        #expect(Self.names(model) == (drops ? ["first", "drop", "last"] : ["first", "last"]))
    }

    @Test(arguments: [true, false])
    func ifElse(_ wide: Bool) throws {
        let model = try Model(input: [4]) {
            if wide {
                Dense(30, name: "wide")
                Dropout(0.5, name: "drop")
            } else {
                Dense(3, name: "narrow")
            }
            Dense(2, name: "last")
        }
        #expect(Self.names(model) == (wide ? ["wide", "drop", "last"] : ["narrow", "last"]))
    }

    @Test(arguments: [0, 1, 2, 3])
    func elseIf(_ size: Int) throws {
        let model = try Model(input: [4]) {
            if size == 0 {
                Dense(1, name: "zero")
            } else if size == 1 {
                Dense(1, name: "one")
            } else if size == 2 {
                Dense(1, name: "two")
            }
            Flatten(name: "flat")
        }
        #expect(Self.names(model) == [["zero", "flat"], ["one", "flat"], ["two", "flat"], ["flat"]][size])
    }

    @Test(arguments: Head.allCases)
    private func switches(_ head: Head) throws {
        let model = try Model(input: [4]) {
            Dense(3, name: "first")
            switch head {
            case .none: []
            case .small: Dense(2, name: "small")
            case .large:
                Dense(20, name: "large")
                Dense(2, name: "last")
            }
        }
        let expected: [Head: [String]] = [
            .none: ["first"], .small: ["first", "small"], .large: ["first", "large", "last"],
        ]
        #expect(Self.names(model) == expected[head])
    }

    @Test(arguments: [0, 1, 3])
    func loops(_ blocks: Int) throws {
        let model = try Model(input: [4]) {
            for i in 0..<blocks {
                Dense(3, activation: .relu, name: "dense\(i)")
                if i % 2 == 0 { Dropout(0.1, name: "drop\(i)") }
            }
            Dense(2, name: "last")
        }
        let expected = [
            0: ["last"], 1: ["dense0", "drop0", "last"], 3: ["dense0", "drop0", "dense1", "dense2", "drop2", "last"],
        ]
        #expect(Self.names(model) == expected[blocks])
    }

    @Test func arraysAndLocalValues() throws {
        let model = try Model(input: [4]) {
            let units = 2 + 3
            Dense(units, name: "a")
            [Dense(3, name: "b"), Dropout(0.5, name: "c")] as [any Layer]
        }
        #expect(Self.names(model) == ["a", "b", "c"])
        #expect(model.outputShapes == [[3]])
    }

    /// Layers get Keras's names.
    @Test func automaticNames() throws {
        let model = try Model(input: [8, 8, 1]) {
            Conv2D(2, kernelSize: 3)
            Conv2D(2, kernelSize: 3)
            MaxPool2D()
            BatchNormalization()
            SeparableConv2D(2, kernelSize: 1)
            DepthwiseConv2D(kernelSize: 1)
            ZeroPadding2D()
            PReLU()
            GlobalAveragePool2D()
            Dense(1)
        }
        #expect(
            Self.names(model) == [
                "conv2d", "conv2d_1", "max_pooling2d", "batch_normalization", "separable_conv2d", "depthwise_conv2d",
                "zero_padding2d", "p_re_lu", "global_average_pooling2d", "dense",
            ])
    }
}
