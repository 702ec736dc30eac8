import ArgumentParser
import Commands
import Curation
import Workspace

struct FacesBestCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "best",
        abstract: "Keeps the faces that serve training best, and no two alike.",
        discussion: """
            Near-duplicates go first: faces whose pictures, poses and expressions are all nearly the same. Of the others the \
            count is chosen that shows all turns, nods, mouth and eye openings as evenly as the set allows, by the sharpest \
            face of each. The rest is marked surplus. Run again with another --count, it chooses anew among all; \
            `dimorph faces restore --reason surplus` undoes it. A count larger than the set only takes out near-duplicates.

            EXAMPLE
              dimorph faces best anna --count 2000 --workspace project
            """)

    @OptionGroup var target: FaceSetOptions

    @Option(help: ArgumentHelp("How many faces stay at most.", valueName: "count"))
    var count: Int

    @Flag(help: "Only say what would stay.")
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
            tell(curation.name, report, console)
        }
    }

    private func tell(_ name: String, _ report: BestReport, _ console: Console) {
        let (all, chosen) = report.coverage
        if report.unmeasured > 0 {
            console.say(
                "note: \(report.unmeasured) faces were cropped by an earlier version and have no qualities; "
                    + "extract the set anew to have them measured")
        }
        console.result(
            """
            set '\(name)': \(report.chosen) of \(report.candidates) faces \(dryRun ? "would stay" : "stay"); left out \
            \(report.nearDuplicates) near-duplicates and \(report.surplus) that others show better
              turn × nod: \(chosen.pose.occupied) of \(all.pose.occupied) bins; mouth × eyes: \
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
