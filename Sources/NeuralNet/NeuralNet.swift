// The whole library under one name; its parts are modules, so that each says what it needs.
@_exported import KerasFiles
@_exported import NeuralNetCore
@_exported import NeuralNetTraining
