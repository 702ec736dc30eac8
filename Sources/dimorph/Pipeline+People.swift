import Commands
import Curation
import Extraction
import Foundation
import Media
import Vision
import Workspace

/// Extraction of several people: their sets and their contact sheet.
extension Pipeline {
    /// Default minimum number of faces of a person to create a set.
    static let fewestFaces = 20

    /// Videos or pictures → one face set per person.
    func extractEveryone(
        set: String, from paths: [URL], reference: URL?, fewest: Int, _ options: ExtractionOptions,
        looking: AnalysisSettings
    ) throws {
        let (summary, people, sheet) = try session.working {
            let summary = try FootageExtractor(extractor(set: set, options, looking), fewest: fewest)
                .run(ClipSource.sources(at: paths), reference: reference)
            let people = try Footage(workspace, name: set).report()
            for person in people {
                try SetCuration(workspace, set: person.set).computeMissingOcclusionScores()
            }
            return (summary, people, try writeSheet(set, people))
        }
        printSummary(summary, people, sheet)
    }

    /// Updates sets whose faces have changed.
    func finish(_ sets: [String]) throws {
        for set in sets where try workspace.index.set(set) != nil {
            let summary = try FaceSetWriter(workspace, set: set, progress: console.progress).run()
            console.result(
                "set '\(set)': \(counted(summary.faces.kept, "face"))"
                    + (summary.faces.rejected.isEmpty ? "" : " (excluded: \(Self.reasons(summary.faces)))"))
        }
    }

    /// Writes the contact sheet of the people; returns `nil` if there are none.
    @discardableResult
    func writeSheet(_ footage: String, _ people: [PersonReport]) throws -> URL? {
        guard !people.isEmpty else { return nil }
        let file = workspace.previewsFolder.appending(path: "\(footage)-people.png")
        try Workspace.makeFolder(workspace.previewsFolder)
        let left = try workspace.index.count(ofSet: footage).seen
        let picture = try PeopleSheet(workspace, read: PictureFile.read).picture(
            title: "\(footage): \(people.count) \(people.count == 1 ? "person" : "people")", people,
            footer: left > 0 ? "\(counted(left, "face")) without a set" : "")
        try PictureFile.write(picture, to: file)
        return file
    }

    private func printSummary(_ summary: FootageSummary, _ people: [PersonReport], _ sheet: URL?) {
        var values = [
            "people": Double(people.count), "new_people": Double(summary.new.count),
            "seldom_people": Double(summary.seldom), "unassigned_faces": Double(summary.unassigned),
            "faces": Double(people.reduce(0) { $0 + $1.faces }), "frames": Double(summary.frames),
            "seconds": summary.seconds,
        ]
        if let threshold = summary.threshold { values["likeness_threshold"] = threshold.value }
        for (stage, seconds) in summary.stages { values["\(stage)_seconds"] = seconds }
        var files = Dictionary(
            uniqueKeysWithValues: people.map { ($0.set, workspace.packed(set: $0.set).path) })
        if let sheet { files["sheet"] = sheet.path }
        console.report(
            ProgressEvent(stage: "extract", message: "done", fraction: 1, values: values, files: files))
        console.result(PeopleTable(people).text)
        if summary.unassigned > 0 {
            console.result(
                "\(counted(summary.unassigned, "face")) without a set: too few faces of the person, or not identifiable"
            )
        }
        if let set = summary.reference { console.result("the reference matches the person of '\(set)'") }
        if let sheet { console.result("contact sheet: \(sheet.path)") }
    }
}
