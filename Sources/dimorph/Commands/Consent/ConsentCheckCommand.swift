import ArgumentParser
import Commands
import Foundation
import Provenance
import Workspace

struct ConsentCheckCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks that the records are unmodified and that every face set has a valid consent.",
        discussion: "Exits with 0 if there is no problem; otherwise prints the problems and exits with 3.")

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    var printsOnly: Bool { true }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        let register = try workspace.standingConsents()
        let extracted = try workspace.index.sets().map(\.name)
        let sets = Set(extracted).union(register.bindings.keys).sorted()
        var wrong = 0
        for set in sets {
            for correction in register.corrections[set] ?? [] {
                console.result(
                    "set '\(set)': corrected on \(ConsentRegister.day(correction.time)) by \(correction.recorder), from consent "
                        + "\(correction.from) to \(correction.to): \(correction.reason)")
            }
            let outcomes = Consent.Use.allCases.map { use in
                Result { try register.permission(set: set, use: use, remedy: "") }
            }
            // A consent for one of the uses is sufficient here; the other use is refused when it is requested.
            if let permission = outcomes.lazy.compactMap({ try? $0.get() }).first,
                let entry = register.entry(permission.consent)
            {
                console.result("set '\(set)': \(entry.consent.person), consent \(entry.consent.id), valid")
                continue
            }
            wrong += 1
            if case .failure(let error) = outcomes[0] { console.result("set '\(set)': \(error)") }
        }
        console.result("the hash chain of \(register.entries.count) consents is intact")
        guard wrong == 0 else {
            throw InputError("\(wrong) of \(sets.count) face sets have no valid consent")
        }
    }
}
