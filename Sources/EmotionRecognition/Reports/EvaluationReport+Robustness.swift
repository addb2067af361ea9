import FaceVision
import NeuralNet
import Randomness
import Report

extension EvaluationReport {
    /// A curve for each way to spoil pictures, and a drawn face that shows what its steps mean.
    static func addRobustness(
        _ robustness: RobustnessEvaluation, unspoilt: Evaluation, to report: inout HTMLReport
    ) {
        report.add(Heading("When the picture is worse"))
        report.add(
            Paragraph(
                "The same \(robustness.count) pictures, spoilt step by step; 0 is the picture as it is. Confidence that "
                    + "stays above the accuracy means that the model does not notice."))
        var random = RandomGenerator(seed: 3)
        let face = SyntheticFaces().draw(.happy, size: 48, random: &random)
        let metrics = unspoilt.singleLookMetrics
        let sure = unspoilt.singleLookConfidence
        for corruption in Corruption.allCases {
            let points = robustness.points.filter { $0.corruption == corruption }
            func curve(_ first: Double, _ value: (RobustnessEvaluation.Point) -> Double) -> [(Double, Double)] {
                [(0, first)] + points.enumerated().map { (Double($0.offset + 1), value($0.element)) }
            }
            report.add(
                LineChart(
                    title: "Spoilt: \(corruption.rawValue)", xLabel: "step",
                    series: [
                        .init("accuracy", points: curve(metrics.accuracy) { $0.accuracy }),
                        .init("balanced accuracy", points: curve(metrics.balancedAccuracy) { $0.balancedAccuracy }),
                        .init("confidence", points: curve(sure) { $0.confidence }),
                    ]))
            report.add(
                ImageGrid(
                    points.map { point in
                        var pixels = face.pixels
                        corruption.spoil(point.level, to: &pixels, size: 48)
                        return ImageGrid.Picture(
                            png: ImageFile.encodePNG(Image(width: 48, height: 48, pixels: pixels)),
                            caption: corruption.text(point.level), detail: percent(point.accuracy))
                    }))
        }
    }
}
