import ArgumentParser
import Commands
import Curation
import Foundation
import Workspace

/// Which set a command works on.
struct FaceSetOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The face set.", valueName: "set"))
    var set: String

    @OptionGroup var project: WorkspaceOption

    /// To look at the set only.
    func open() throws -> SetCuration {
        try SetCuration(Workspace.open(project.url, create: false), set: set)
    }

    /// All faces as they stand with the crops that are there now. What is absent is noted, and recorded by the next packing.
    func faces(_ curation: SetCuration, _ console: Console) throws -> [FaceSummary] {
        let crops = try CropPresence(curation.workspace, set: set)
        try crops.require()
        if crops.absent > 0 { console.say("note: \(crops.absent) crops of '\(set)' are missing") }
        return try curation.facesAsFound(crops)
    }

    /// To change it: nobody else changes the workspace while the body runs.
    func change<Result>(_ body: (SetCuration) throws -> Result) throws -> Result {
        let workspace = try Workspace.open(project.url, create: false)
        return try workspace.locked { try body(SetCuration(workspace, set: set)) }
    }
}

/// Whether the packed copy follows a change at once.
struct PackingOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Bring the packed copy, which training reads, up to date at once.")
    var pack = true

    /// Packs the set anew, or says that it has to be.
    func bringUpToDate(_ curation: SetCuration, _ console: Console) throws {
        guard pack else {
            guard try curation.workspace.index.set(curation.name)?.isPacked == false else { return }
            let command = "dimorph faces pack \(curation.name)"
            return console.say(
                "note: training still sees the set as it was; `\(command)` brings it up to date")
        }
        try curation.pack(console)
    }
}

extension SetCuration {
    /// Brings the packed copy up to date and reports crops that are missing.
    func pack(_ console: Console) throws {
        let crops = try pack {
            console.progress(ProgressEvent(stage: "pack", message: "packing \(name)"))
        }
        if crops.absent > 0 {
            console.say(
                "note: \(crops.absent) crops of '\(name)' are missing; their faces are left out until the files are back"
            )
        }
        if !crops.back.isEmpty {
            console.say("note: \(crops.back.count) crops of '\(name)' are back; their faces stay again")
        }
    }

    /// Refuses to change a set whose crops are elsewhere.
    ///
    /// - Parameter excluded: faces that are about to be left out.
    func requireCrops(besides excluded: [Int64] = []) throws {
        try CropPresence(workspace, set: name, besides: Set(excluded)).require()
    }
}

/// Which faces are shown.
struct FaceChoiceOptions: ParsableArguments {
    @Flag(help: "Show the faces that were left out instead of those that stay.")
    var rejected = false

    @Flag(help: "Show both.")
    var all = false

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Show only faces that the rule fits, such as 'yaw > 30'.", valueName: "rule"))
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
