import ArgumentParser
import Commands
import Curation
import Foundation
import Workspace

/// The face set that a command works on.
struct FaceSetOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The face set.", valueName: "set"))
    var set: String

    @OptionGroup var project: WorkspaceOption

    /// Opens the set for reading.
    func open() throws -> SetCuration {
        try SetCuration(Workspace.open(project.url, create: false), set: set)
    }

    /// All faces, with missing crops marked. Reports missing crops; the next packing records them.
    func faces(_ curation: SetCuration, _ console: Console) throws -> [FaceSummary] {
        let crops = try CropPresence(curation.workspace, set: set)
        try crops.require()
        if crops.absent > 0 { console.say("note: \(crops.absent) crops of '\(set)' are missing") }
        return try curation.facesAsFound(crops)
    }

    /// Opens the set for changes and holds the workspace lock while `body` runs.
    func change<Result>(_ body: (SetCuration) throws -> Result) throws -> Result {
        let workspace = try Workspace.open(project.url, create: false)
        return try workspace.locked { try body(SetCuration(workspace, set: set)) }
    }
}

/// Whether the packed copy is updated after a change.
struct PackingOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Update the packed copy, which training reads, immediately.")
    var pack = true

    /// Packs the set, or prints that packing is required.
    func bringUpToDate(_ curation: SetCuration, _ console: Console) throws {
        guard pack else {
            guard try curation.workspace.index.set(curation.name)?.isPacked == false else { return }
            let command = "dimorph faces pack \(curation.name)"
            return console.say(
                "note: training still uses the previous state of the set; `\(command)` updates it")
        }
        try curation.pack(console)
    }
}

extension SetCuration {
    /// Updates the packed copy and reports missing crops.
    func pack(_ console: Console) throws {
        let crops = try pack {
            console.progress(ProgressEvent(stage: "pack", message: "packing \(name)"))
        }
        if crops.absent > 0 {
            console.say(
                "note: \(crops.absent) crops of '\(name)' are missing; their faces are excluded until the files are restored"
            )
        }
        if !crops.back.isEmpty {
            console.say(
                "note: \(crops.back.count) crops of '\(name)' were restored; their faces are included again")
        }
    }

    /// Throws if most crops of the set are missing.
    ///
    /// - Parameter excluded: faces about to be excluded.
    func requireCrops(besides excluded: [Int64] = []) throws {
        try CropPresence(workspace, set: name, besides: Set(excluded)).require()
    }
}

/// The faces to show.
struct FaceChoiceOptions: ParsableArguments {
    @Flag(help: "Show excluded faces instead of included ones.")
    var rejected = false

    @Flag(help: "Show included and excluded faces.")
    var all = false

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Show only faces that match the rule, such as 'yaw > 30'.", valueName: "rule"))
    var rule: String?

    func validate() throws {
        if rejected, all { throw ValidationError("--rejected and --all exclude each other.") }
    }

    func chosen(_ faces: [FaceSummary]) throws -> [FaceSummary] {
        let rule = try rule.map(FaceRule.init)
        return faces.filter { face in
            (all || (face.rejection != nil) == rejected) && rule.map { $0.matches(face) } ?? true
        }
    }
}

extension SortKey: ExpressibleByArgument {
    package init?(argument: String) { self.init(rawValue: argument) }
}
