import Architectures
import Commands
import Faces
import Foundation
import Provenance
import Swapping
import Tensors
import Workspace

/// What a conversion is asked for, apart from how its output is written.
struct ConversionRequest {
    let target: URL
    var marks = Marks()
    /// How much of the source a face takes, 0…1; for AMP.
    var morph = 1.0
    var edits = EditList()
    /// Who gets whose face; empty for the second person of the newest model getting the first one's.
    var map: [PersonMapping] = []
    /// A painted mask.
    var matte: URL?
    var layer = ConversionLayer.result
    /// The least likeness (cosine) of a face to its target set; nil: the set's own faces decide.
    var likeness: Double?
    /// Whether the target is written without marks where no face was swapped.
    var allowsUnchanged = false
}

/// Who gets whose face in a conversion: models loaded, consents checked.
struct PersonAssignment {
    let roles: [SwapRole]
    /// Names of the networks that draw no mask.
    let maskless: [String]
    /// Why faces are drawn without the detail of the source's own frames, where they are, as sentences.
    let withoutDetail: [String]
    /// Of each role.
    private let models: [ModelReference]
    private let consents: [(roles: [Int], checked: CheckedConsents, isElsewhere: Bool)]

    /// A role's model and consents, as they are recorded.
    struct Member {
        let person: String
        let model: ModelReference
        let consents: [ConsentReference]
    }

    /// - Parameters:
    ///   - redraws: whether models draw the target's own face too.
    ///   - takesDetail: whether faces get the fine detail of the source's own frames.
    init(
        _ order: ConversionRequest, in workspace: Workspace, gate: ConsentPolicy, redraws: Bool,
        takesDetail: Bool, device: Device
    ) throws {
        var loaded: [URL: (swapper: ModelFaceSwapper, model: ModelReference)] = [:]
        var homes: [(workspace: Workspace, gate: ConsentPolicy, roles: [Int], isElsewhere: Bool)] = [
            (workspace, gate, [], false)
        ]
        var (roles, models): ([SwapRole], [ModelReference]) = ([], [])
        var swaps: [(source: String, target: String)] = []
        let mappings: [PersonMapping?] = order.map.isEmpty ? [nil] : order.map
        for mapping in mappings {
            var (home, place) = (workspace, 0)
            if let path = mapping?.workspace {
                home = try Workspace.open(URL(filePath: path), create: false)
                place = homes.count
                homes.append(
                    (
                        home,
                        ConsentPolicy(workspace: home, console: gate.console, interview: gate.interview),
                        [], true
                    ))
            }
            let file = home.newestModel
            let swapper: ModelFaceSwapper
            if let same = loaded[file] {
                swapper = try ModelFaceSwapper(
                    sharing: same.swapper, source: mapping?.source, target: mapping?.target)
                models.append(same.model)
            } else {
                swapper = try ModelFaceSwapper(
                    model: file, source: mapping?.source, target: mapping?.target, morph: order.morph,
                    redraws: redraws, device: device)
                let model = try OutputDescription.model(file)
                try ClosedModels(home).refuse(file, sha256: model.sha256)
                loaded[file] = (swapper, model)
                models.append(model)
            }
            homes[place].roles.append(roles.count)
            swaps.append((swapper.source, swapper.target))
            let least =
                try order.likeness.map(Float.init)
                ?? LikenessSpread(home.index.likenesses(ofSet: swapper.target))?.leastElsewhere
            roles.append(
                SwapRole(
                    person: mapping?.person ?? swapper.target, swapper: swapper,
                    identity: try home.index.set(swapper.target)?.identity,
                    least: least ?? Float(LikenessSpread.elsewhere.upperBound)))
        }
        if let unknown = roles.first(where: { $0.identity == nil }), roles.count > 1 {
            throw InputError(
                "the face set '\(unknown.person)' does not say who that is, so that one face of several cannot be told; extract it anew"
            )
        }
        (self.roles, self.models) = (roles, models)
        consents = try homes.filter { !$0.roles.isEmpty }.map { home in
            (home.roles, try home.gate.check(swaps: home.roles.map { swaps[$0] }), home.isElsewhere)
        }
        var withoutDetail: [String] = []
        for home in takesDetail ? homes : [] {
            for role in home.roles {
                guard let swapper = roles[role].swapper as? ModelFaceSwapper else { continue }
                do {
                    guard let reason = try swapper.takeDetail(from: home.workspace) else { continue }
                    withoutDetail.append(
                        "faces are drawn without the fine detail of the source's frames: \(reason)")
                } catch let error as WorkspaceError {
                    throw WorkspaceError(
                        error.code,
                        "\(error.message). Faces get their fine detail from there; without it: --source-detail 0",
                        cause: error.cause)
                }
            }
        }
        self.withoutDetail = withoutDetail
        maskless = loaded.values.filter { !$0.swapper.drawsMask }.map(\.swapper.card.architecture).sorted()
    }

    /// Records what flags and answers add to the consents.
    ///
    /// - Returns: models and consents of all roles, in their order.
    func record() throws -> [Member] {
        var references: [Int: [ConsentReference]] = [:]
        for (roles, checked, isElsewhere) in consents {
            var recorded = try checked.record()
            if isElsewhere { for index in recorded.indices { recorded[index].isElsewhere = true } }
            for (place, role) in roles.enumerated() {
                references[role] = Array(recorded[2 * place..<2 * place + 2])
            }
        }
        return roles.indices.map { role in
            Member(person: roles[role].person, model: models[role], consents: references[role] ?? [])
        }
    }
}

extension OutputDescription {
    /// Models and consents of those who were swapped; others have no part in the output.
    mutating func take(_ members: [PersonAssignment.Member], swappedIn sightings: SwapStatistics) {
        let absent = Set(sightings.neverSwapped.map(\.name))
        let present = members.filter { !absent.contains($0.person) }
        consents = present.flatMap(\.consents)
        models = present.map(\.model).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
