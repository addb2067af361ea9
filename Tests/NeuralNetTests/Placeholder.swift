import Testing
import NeuralNet
