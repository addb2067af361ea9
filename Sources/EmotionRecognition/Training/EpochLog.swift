import Files
import JSON
import JSONCoding
import NeuralNet

extension [EpochRecord] {
    /// Writes all epochs anew as `.csv` or `.jsonl`, by the ending of `path`, so that an interrupted run never leaves a broken
    /// or doubled line. Throws `DatasetError.cannotWrite`.
    func writeLog(to path: String) throws {
        var text = ""
        if path.hasSuffix(".jsonl") {
            for record in self { text += try JSONValue.encode(record) + "\n" }
        } else {
            text = "epoch,loss,accuracy,val_loss,val_accuracy,val_macro_f1,learning_rate,seconds\n"
            for r in self {
                let optional = [r.accuracy, r.validationLoss, r.validationAccuracy, r.validationMacroF1].map {
                    $0.map { "\($0)" } ?? ""
                }
                text += "\(r.epoch),\(r.loss),\(optional.joined(separator: ",")),\(r.learningRate),\(r.seconds)\n"
            }
        }
        do {
            try FileBytes.write([UInt8](text.utf8), to: path)
        } catch let error as FileFailure {
            throw DatasetError.cannotWrite(path: path, reason: error.reason)
        }
    }
}
