import ArgumentParser
import Commands
import Curation
import Workspace

struct FacesBestCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "best",
        abstract: "Selects the best faces for training and excludes near-duplicates.",
        discussion: """
            First excludes near-duplicates: faces with nearly the same picture, pose and expression. From the remaining faces \
            selects --count that cover yaw, pitch, mouth opening and eye opening as evenly as possible, preferring the \
            sharpest. All others are marked as surplus. Running the command again with another --count selects from all faces \
            again; `dimorph faces restore --reason surplus` undoes the selection. A count larger than the set only excludes \
            near-duplicates.

            EXAMPLE
              dimorph faces best anna --count 2000 --workspace project
            """)

    @OptionGroup var target: FaceSetOptions

    @Option(help: ArgumentHelp("Maximum number of faces to keep.", valueName: "count"))
    var count: Int

    @Flag(help: "Only report which faces would be kept.")
    var dryRun = false

    @OptionGroup var packing: PackingOptions
    @OptionGroup var common: OutputOptions

    func validate() throws {
        if count < 1 { throw ValidationError("--count \(count): must be at least 1.") }
    }

    func execute(_ console: Console) throws {
        try target.change { curation in
            try curation.requireCrops()
            let (marks, report) = try curation.best(count: count)
            if !dryRun {
                try curation.mark(marks)
                try packing.bringUpToDate(curation, console)
            }
            printSummary(curation.name, report, console)
        }
    }

    private func printSummary(_ name: String, _ report: BestReport, _ console: Console) {
        let (all, chosen) = report.coverage
        if report.unmeasured > 0 {
            console.say(
                "note: \(report.unmeasured) faces were cropped by an earlier version and have no qualities; "
                    + "extract the set again to measure them")
        }
        console.result(
            """
            set '\(name)': \(report.chosen) of \(report.candidates) faces \(dryRun ? "would be kept" : "kept"); excluded \
            \(report.nearDuplicates) near-duplicates and \(report.surplus) surplus faces
              yaw × pitch: \(chosen.pose.occupied) of \(all.pose.occupied) bins; mouth × eyes: \
            \(chosen.expression.occupied) of \(all.expression.occupied)
            """)
        console.report(
            ProgressEvent(
                stage: "best", message: dryRun ? "dry run" : "done", fraction: 1,
                values: [
                    "candidates": Double(report.candidates), "kept": Double(report.chosen),
                    "near_duplicates": Double(report.nearDuplicates), "surplus": Double(report.surplus),
                    "pose_bins": Double(chosen.pose.occupied), "pose_bins_before": Double(all.pose.occupied),
                    "expression_bins": Double(chosen.expression.occupied),
                    "expression_bins_before": Double(all.expression.occupied),
                ]))
    }
}
