/// A function applied to each element (softmax: to each row of the last axis).
public enum Activation: Sendable, Equatable {
    case linear
    case relu
    /// Between 0 and 6. A. Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10", 2010.
    case relu6
    /// `x` for positive `x`, `negativeSlope * x` otherwise. Keras's LeakyReLU layer has slope 0.3,
    /// `keras.activations.leaky_relu` 0.2.
    case leakyRelu(negativeSlope: Float)
    /// `x` for positive `x`, `alpha (e^x - 1)` otherwise. Clevert et al. 2016.
    case elu(alpha: Float)
    case sigmoid
    case tanh
    /// `x sigmoid(x)`, also called SiLU. Ramachandran et al. 2017.
    case swish
    /// `x Φ(x)`; `approximate` uses tanh. Hendrycks, Gimpel 2016.
    case gelu(approximate: Bool)
    case softmax
    /// The logarithm of softmax, without the loss of small values.
    case logSoftmax
    /// ELU that keeps mean and variance: `1.0507 x` or `1.0507 * 1.6733 (e^x - 1)`. Klambauer et al. 2017.
    case selu
    /// `x` for positive `x`, `alpha (e^(x / alpha) - 1)` otherwise. Barron 2017.
    case celu(alpha: Float)
    /// `log(1 + e^x)`.
    case softplus
    /// `x / (1 + |x|)`.
    case softsign
    /// `x tanh(softplus(x))`. Misra 2019.
    case mish
    case exponential
    case logSigmoid
    /// `slope x + 0.5`, between 0 and 1: slope 1/6 in Keras 3, 0.2 in Keras 2.
    case hardSigmoid(slope: Float)
    /// `x` times the hard sigmoid of slope 1/6. Howard et al. 2019 (MobileNetV3).
    case hardSwish
    /// Between -1 and 1.
    case hardTanh
    /// `x - tanh(x)`.
    case tanhShrink
    /// `x` pulled 0.5 towards 0, where it stays.
    case softShrink
    /// 0 within 0.5 of 0.
    case hardShrink
    /// `(x + sqrt(x^2 + 4)) / 2`.
    case squareplus
    /// 0 below -1, `x` above 1, `(x + 1)^2 / 4` between.
    case sparsePlus
    /// `(x + 1) / 2`, between 0 and 1.
    case sparseSigmoid
    /// Keras's ReLU layer with settings of its own: `x` above the threshold but not more than `maximum` (infinite for
    /// none), `negativeSlope (x - threshold)` below.
    case rectifier(maximum: Float, negativeSlope: Float, threshold: Float)
}
